package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configured filter and who uses it: the routing tables that name it, and the calls under way. The last user to leave
 * closes it. Thread-safe.
 */
final class FilterInstance {

    private static final Logger LOG = LoggerFactory.getLogger(FilterInstance.class);

    /** What makes an instance another one. */
    record Key(String className, Map<String, String> config) {

        static Key of(RuleFilter.Custom custom) {
            return new Key(custom.className(), custom.config());
        }
    }

    private final Key key;
    private final ProxyFilter filter;
    private final ClassLoader loader;

    /** 0 once it is closed, and then for ever. */
    private final AtomicInteger users = new AtomicInteger(1);

    /** In use by the caller. */
    FilterInstance(Key key, ProxyFilter filter) {
        this.key = key;
        this.filter = filter;
        this.loader = filter.getClass().getClassLoader();
    }

    Key key() {
        return key;
    }

    ProxyFilter filter() {
        return filter;
    }

    /** The loader of its jar; frames of its classes are the filter's sites. */
    ClassLoader loader() {
        return loader;
    }

    /** Becomes a user, unless the last one has left already. */
    boolean retain() {
        return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    boolean closed() {
        return users.get() == 0;
    }

    /** Is no user any more; the last one has it closed, on a virtual thread of its own. */
    void release() {
        if (users.decrementAndGet() == 0) {
            Thread.ofVirtual().name("close " + key.className()).start(this::close);
        }
    }

    private void close() {
        Thread.currentThread().setContextClassLoader(loader);
        try {
            filter.close();
        } catch (Throwable t) {
            LOG.warn("filter class {} failed to close", key.className(), t);
        }
    }
}
