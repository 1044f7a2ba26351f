package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configured filter and the number of its users: configuration documents that name it, calls, forks and registered
 * resources. Closed when its last user releases it. Thread-safe.
 */
final class FilterInstance {

    private static final Logger LOG = LoggerFactory.getLogger(FilterInstance.class);

    /** Filters with equal keys share an instance. */
    record Key(String className, Map<String, String> config) {

        static Key of(RuleFilter.Custom custom) {
            return new Key(custom.className(), custom.config());
        }
    }

    private final Key key;
    private final ProxyFilter filter;
    private final ClassLoader loader;

    /** 0 once the instance is closed; it never rises again. */
    private final AtomicInteger users = new AtomicInteger(1);

    /** An instance with the caller as its first user. */
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

    /** The class loader of its jar. Stack frames of its classes show which line of the filter called the proxy. */
    ClassLoader loader() {
        return loader;
    }

    /** Adds a user; false if the instance is already closed. */
    boolean retain() {
        return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    /** Whether the last user has released it. */
    boolean isClosed() {
        return users.get() == 0;
    }

    /** Removes a user. After the last one, the filter is closed on a new virtual thread, because that may block. */
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
            LOG.warn("Filter class {} failed in its close method.", key.className(), t);
        }
    }
}
