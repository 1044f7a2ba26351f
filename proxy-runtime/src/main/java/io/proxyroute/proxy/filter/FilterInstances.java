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

/**
 * The instances of all filters in use, one for each class and configuration. An instance outlives changes of the
 * document that leave both as they are. Guarded by its own monitor; called by whoever applies a document, off the loops.
 */
final class FilterInstances {

    private final FilterJars jars;
    private final Duration configureTimeout;
    private final Map<FilterInstance.Key, FilterInstance> known = new HashMap<>();

    FilterInstances(FilterJars jars, Duration configureTimeout) {
        this.jars = jars;
        this.configureTimeout = configureTimeout;
    }

    /**
     * The instance for a filter of a document; to be released by the caller.
     *
     * @throws RefusedFilter the class or its configuration is not as it must be
     */
    synchronized FilterInstance obtain(RuleFilter.Custom custom) throws RefusedFilter {
        FilterInstance.Key key = FilterInstance.Key.of(custom);
        FilterInstance instance = known.get(key);
        if (instance != null && instance.retain()) {
            return instance;
        }
        instance = new FilterInstance(key, configured(custom));
        known.values().removeIf(FilterInstance::closed);
        known.put(key, instance);
        return instance;
    }

    private ProxyFilter configured(RuleFilter.Custom custom) throws RefusedFilter {
        Class<? extends ProxyFilter> type;
        try {
            type = jars.find(custom.className());
        } catch (IllegalArgumentException e) {
            throw new RefusedFilter("className", e.getMessage(), e);
        }
        // A thread of its own: a configure that hangs must not hold up the proxy, nor a carrier.
        CompletableFuture<ProxyFilter> made = new CompletableFuture<>();
        Thread maker = Thread.ofPlatform()
                .daemon()
                .name("configure " + custom.name())
                .unstarted(() -> {
                    try {
                        made.complete(make(type, custom.config()));
                    } catch (Throwable t) {
                        made.completeExceptionally(t);
                    }
                });
        maker.setContextClassLoader(type.getClassLoader());
        maker.start();
        try {
            return made.get(configureTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            maker.interrupt();
            throw new RefusedFilter("config", "the filter's configure did not return within " + configureTimeout, e);
        } catch (InterruptedException e) {
            maker.interrupt();
            Thread.currentThread().interrupt();
            throw new RefusedFilter("config", "interrupted while the filter was configured", e);
        } catch (ExecutionException e) {
            throw refused(custom, e.getCause());
        }
    }

    private static ProxyFilter make(Class<? extends ProxyFilter> type, Map<String, String> config) throws Exception {
        ProxyFilter filter;
        try {
            filter = type.getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new RefusedFilter(
                    "className",
                    "class " + type.getName() + " must be public and have a public constructor without" + " parameters",
                    e);
        }
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

    private static RefusedFilter refused(RuleFilter.Custom custom, Throwable cause) {
        return switch (cause) {
            case RefusedFilter refusal -> refusal;
            case IllegalArgumentException e -> new RefusedFilter("config", e.getMessage(), e);
            case Throwable t -> new RefusedFilter("config", custom.className() + " could not be configured: " + t, t);
        };
    }
}
