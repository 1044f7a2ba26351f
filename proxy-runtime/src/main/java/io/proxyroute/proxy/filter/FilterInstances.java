package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.filter.ProxyFilter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of all filters in use, one for each class and configuration. An instance outlives changes of the
 * document that leave both as they are. Guarded by its own monitor; called by whoever applies a document, off the loops.
 */
final class FilterInstances {

    private static final Logger LOG = LoggerFactory.getLogger(FilterInstances.class);

    private final FilterJars jars;
    private final Duration configureTimeout;
    private final Map<FilterInstance.Key, FilterInstance> known = new HashMap<>();
    private final AtomicInteger stuck = new AtomicInteger();

    /** @param configureTimeout what the filters of a document have together, for the sentence to a route's author */
    FilterInstances(FilterJars jars, Duration configureTimeout) {
        this.jars = jars;
        this.configureTimeout = configureTimeout;
    }

    /**
     * The instance for a filter of a document; to be released by the caller.
     *
     * @param giveUpNanos when to wait no longer for its configure, by {@link System#nanoTime}
     * @throws FilterRejectedException the class or its configuration is not as it must be
     */
    synchronized FilterInstance obtain(RuleFilter.Custom custom, long giveUpNanos) throws FilterRejectedException {
        FilterInstance.Key key = FilterInstance.Key.of(custom);
        FilterInstance instance = known.get(key);
        if (instance != null && instance.retain()) {
            return instance;
        }
        instance = new FilterInstance(key, configured(custom, giveUpNanos));
        known.values().removeIf(FilterInstance::closed);
        known.put(key, instance);
        return instance;
    }

    private ProxyFilter configured(RuleFilter.Custom custom, long giveUpNanos) throws FilterRejectedException {
        Class<? extends ProxyFilter> type;
        try {
            type = jars.find(custom.className());
        } catch (IllegalArgumentException e) {
            throw new FilterRejectedException("className", e.getMessage(), e);
        }
        long leftNanos = giveUpNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw new FilterRejectedException(
                    "config", "the filters before it used up the " + configureTimeout + " of all", null);
        }
        // A thread of its own: a class or a configure that hangs must not hold up the proxy, nor a carrier.
        CompletableFuture<ProxyFilter> made = new CompletableFuture<>();
        Thread maker = Thread.ofPlatform()
                .daemon()
                .name("configure " + custom.name())
                .unstarted(() -> make(type, custom, made));
        maker.setContextClassLoader(type.getClassLoader());
        maker.start();
        try {
            try {
                return made.get(leftNanos, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                giveUp(made, maker, "the filter's configure did not return within " + configureTimeout, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                giveUp(made, maker, "interrupted while the filter was configured", e);
            }
            return made.resultNow();
        } catch (ExecutionException e) {
            throw refused(custom, e.getCause());
        }
    }

    /** Unless it was made this very moment. */
    private void giveUp(CompletableFuture<ProxyFilter> made, Thread maker, String why, Exception cause)
            throws FilterRejectedException {
        FilterRejectedException refusal = new FilterRejectedException("config", why, cause);
        stuck.incrementAndGet();
        if (made.completeExceptionally(refusal)) {
            maker.interrupt();
            throw refusal;
        }
        stuck.decrementAndGet();
    }

    /** Configures that were given up and have not returned. */
    int stuck() {
        return stuck.get();
    }

    /** Runs on the filter's own thread, which ends with it. A filter that nobody waits for any more is closed again. */
    private void make(
            Class<? extends ProxyFilter> type, RuleFilter.Custom custom, CompletableFuture<ProxyFilter> made) {
        boolean inTime;
        try {
            ProxyFilter filter = make(type, custom.config());
            inTime = made.complete(filter);
            if (!inTime) {
                Thread.interrupted(); // meant for configure
                filter.close();
            }
        } catch (Throwable t) {
            inTime = made.completeExceptionally(t);
            if (!inTime) {
                LOG.warn("filter {} failed after it was given up", custom.name(), t);
            }
        }
        if (!inTime) {
            stuck.decrementAndGet();
        }
    }

    private static ProxyFilter make(Class<? extends ProxyFilter> type, Map<String, String> config) throws Exception {
        ProxyFilter filter = instance(type);
        try {
            filter.configure(config);
            return filter;
        } catch (Throwable refusal) {
            try {
                filter.close(); // what configure had begun
            } catch (Throwable t) {
                refusal.addSuppressed(t);
            }
            throw refusal;
        }
    }

    private static ProxyFilter instance(Class<? extends ProxyFilter> type) throws Exception {
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new FilterRejectedException(
                    "className",
                    "class " + type.getName() + " must be public and have a public constructor without" + " parameters",
                    e);
        } catch (LinkageError e) {
            throw new FilterRejectedException(
                    "className", FilterJars.unloadable(type.getName(), type.getClassLoader(), e), e);
        }
    }

    private static FilterRejectedException refused(RuleFilter.Custom custom, Throwable cause) {
        return switch (cause) {
            case FilterRejectedException refusal -> refusal;
            case IllegalArgumentException e -> new FilterRejectedException("config", e.getMessage(), e);
            case Throwable t ->
                new FilterRejectedException("config", custom.className() + " could not be configured: " + t, t);
        };
    }
}
