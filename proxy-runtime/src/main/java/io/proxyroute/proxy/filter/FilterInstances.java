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
 * The instances of all filters in use, one for each class and configuration. A new document keeps an instance if both stay
 * the same. Guarded by its own monitor; called off the loops, by the thread that applies a document.
 */
final class FilterInstances {

    private static final Logger LOG = LoggerFactory.getLogger(FilterInstances.class);

    private final FilterJars jars;
    private final Duration configureTimeout;
    private final Map<FilterInstance.Key, FilterInstance> known = new HashMap<>();
    private final AtomicInteger stuck = new AtomicInteger();

    /** @param configureTimeout bound for all filters of a document together; used in messages only */
    FilterInstances(FilterJars jars, Duration configureTimeout) {
        this.jars = jars;
        this.configureTimeout = configureTimeout;
    }

    /**
     * Returns the instance for a filter of a document; the caller must release it.
     *
     * @param deadlineNanos when to stop waiting for {@code configure}, on the clock of {@link System#nanoTime}
     * @throws FilterRejectedException the class or its configuration is invalid; the message is for the route's author
     */
    synchronized FilterInstance obtain(RuleFilter.Custom custom, long deadlineNanos) throws FilterRejectedException {
        FilterInstance.Key key = FilterInstance.Key.of(custom);
        FilterInstance instance = known.get(key);
        if (instance != null && instance.retain()) {
            return instance;
        }
        instance = new FilterInstance(key, configured(custom, deadlineNanos));
        known.values().removeIf(FilterInstance::isClosed);
        known.put(key, instance);
        return instance;
    }

    private ProxyFilter configured(RuleFilter.Custom custom, long deadlineNanos) throws FilterRejectedException {
        Class<? extends ProxyFilter> type;
        try {
            type = jars.find(custom.className());
        } catch (IllegalArgumentException e) {
            throw new FilterRejectedException("className", e.getMessage(), e);
        }
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw new FilterRejectedException(
                    "config",
                    "the filters before it used up the " + configureTimeout
                            + " that all filters of a document have to configure",
                    null);
        }
        // On a platform thread: a class or a configure that hangs must block neither the proxy nor a carrier thread.
        CompletableFuture<ProxyFilter> created = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("configure " + custom.name())
                .unstarted(() -> create(type, custom, created));
        thread.setContextClassLoader(type.getClassLoader());
        thread.start();
        try {
            try {
                return created.get(leftNanos, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                giveUp(created, thread, "the filter's configure did not return within " + configureTimeout, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                giveUp(created, thread, "the proxy was interrupted while the filter was configured", e);
            }
            return created.resultNow();
        } catch (ExecutionException e) {
            throw rejected(custom, e.getCause());
        }
    }

    /** Rejects the filter, unless its creation completes at this very moment. */
    private void giveUp(CompletableFuture<ProxyFilter> created, Thread thread, String reason, Exception cause)
            throws FilterRejectedException {
        FilterRejectedException rejection = new FilterRejectedException("config", reason, cause);
        stuck.incrementAndGet();
        if (created.completeExceptionally(rejection)) {
            thread.interrupt();
            throw rejection;
        }
        stuck.decrementAndGet();
    }

    /** Number of {@code configure} calls that timed out and have not returned. */
    int stuck() {
        return stuck.get();
    }

    /** Runs on the thread created for it. Closes the filter again if configuring it has timed out. */
    private void create(
            Class<? extends ProxyFilter> type, RuleFilter.Custom custom, CompletableFuture<ProxyFilter> created) {
        boolean inTime;
        try {
            ProxyFilter filter = create(type, custom.config());
            inTime = created.complete(filter);
            if (!inTime) {
                Thread.interrupted(); // this interrupt was for configure
                filter.close();
            }
        } catch (Throwable t) {
            inTime = created.completeExceptionally(t);
            if (!inTime) {
                LOG.warn("Filter {} failed to configure after the proxy had stopped waiting for it.", custom.name(), t);
            }
        }
        if (!inTime) {
            stuck.decrementAndGet();
        }
    }

    private static ProxyFilter create(Class<? extends ProxyFilter> type, Map<String, String> config) throws Exception {
        ProxyFilter filter = instance(type);
        try {
            filter.configure(config);
            return filter;
        } catch (Throwable rejection) {
            try {
                filter.close(); // releases what configure obtained before it failed
            } catch (Throwable t) {
                rejection.addSuppressed(t);
            }
            throw rejection;
        }
    }

    private static ProxyFilter instance(Class<? extends ProxyFilter> type) throws Exception {
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new FilterRejectedException(
                    "className",
                    "class " + type.getName() + " must be public and have a public constructor without parameters",
                    e);
        } catch (LinkageError e) {
            throw new FilterRejectedException(
                    "className", FilterJars.loadError(type.getName(), type.getClassLoader(), e), e);
        }
    }

    private static FilterRejectedException rejected(RuleFilter.Custom custom, Throwable cause) {
        return switch (cause) {
            case FilterRejectedException rejection -> rejection;
            case IllegalArgumentException e -> new FilterRejectedException("config", e.getMessage(), e);
            case Throwable t ->
                new FilterRejectedException("config", custom.className() + " failed in its configure method: " + t, t);
        };
    }
}
