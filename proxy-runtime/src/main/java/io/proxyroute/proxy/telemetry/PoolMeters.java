package io.proxyroute.proxy.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.proxyroute.contract.telemetry.PoolUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Meters of the pools, registered when a backend appears and removed with it. Thread-safe; refreshed before each scrape. */
final class PoolMeters {

    private final MeterRegistry registry;
    private final Map<String, List<Meter>> meters = new HashMap<>();
    private volatile Map<String, PoolUsage> latest = Map.of();

    PoolMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    synchronized void refresh(List<PoolUsage> usage) {
        latest = usage.stream().collect(Collectors.toMap(PoolUsage::backend, pool -> pool));
        latest.keySet().forEach(backend -> meters.computeIfAbsent(backend, this::register));
        meters.entrySet().removeIf(entry -> {
            if (latest.containsKey(entry.getKey())) {
                return false;
            }
            entry.getValue().forEach(registry::remove);
            return true;
        });
    }

    private List<Meter> register(String backend) {
        Tags tags = Tags.of(MeterNames.BACKEND, backend);
        return List.of(
                gauge(MeterNames.POOL_ENDPOINTS, null, backend, tags, PoolUsage::endpoints),
                gauge(
                        MeterNames.POOL_CONNECTIONS,
                        null,
                        backend,
                        tags.and(MeterNames.STATE, "active"),
                        PoolUsage::active),
                gauge(MeterNames.POOL_CONNECTIONS, null, backend, tags.and(MeterNames.STATE, "idle"), PoolUsage::idle),
                gauge(MeterNames.POOL_PENDING, null, backend, tags, PoolUsage::pending),
                gauge(MeterNames.POOL_MAX, null, backend, tags, PoolUsage::maxPerEndpoint),
                gauge(MeterNames.POOL_ACQUIRE_P99, "seconds", backend, tags, pool -> pool.acquireP99Millis() / 1000),
                counter(MeterNames.POOL_ACQUIRES, backend, tags, PoolUsage::acquiresTotal),
                counter(MeterNames.POOL_TIMEOUTS, backend, tags, PoolUsage::acquireTimeoutsTotal),
                counter(MeterNames.POOL_SUSPECTED, backend, tags, PoolUsage::suspectedTotal),
                counter(MeterNames.POOL_ABANDONED, backend, tags, PoolUsage::abandonedTotal));
    }

    private Meter gauge(String name, String unit, String backend, Tags tags, ToDoubleFunction<PoolUsage> value) {
        return Gauge.builder(name, this, self -> self.read(backend, value))
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private Meter counter(String name, String backend, Tags tags, ToDoubleFunction<PoolUsage> value) {
        return FunctionCounter.builder(name, this, self -> self.read(backend, value))
                .tags(tags)
                .register(registry);
    }

    private double read(String backend, ToDoubleFunction<PoolUsage> value) {
        PoolUsage usage = latest.get(backend);
        return usage == null ? Double.NaN : value.applyAsDouble(usage);
    }
}
