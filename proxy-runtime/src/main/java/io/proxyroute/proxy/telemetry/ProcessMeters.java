package io.proxyroute.proxy.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.http.TrafficCounts;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadAction;
import io.proxyroute.proxy.overload.Resource;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All meters except those of single exchanges. {@link #refresh()} is called before each scrape. */
final class ProcessMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final MeterSources sources;
    private final PoolMeters pools;
    private final MultiGauge leakSites;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private volatile LedgerSummary ledger;
    private volatile TrafficCounts traffic;
    private volatile Snapshot.Memory memory;

    ProcessMeters(
            MeterRegistry registry,
            MeterSources sources,
            LiveSet liveSet,
            ThreadSampler sampler,
            EventLoopMonitor loops) {
        this.registry = registry;
        this.sources = sources;
        this.pools = new PoolMeters(registry);
        this.leakSites = MultiGauge.builder(MeterNames.LEDGER_SITE_LEAKS).register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
        traffic();
        permits();
        ledger();
        memory();
        liveSet(liveSet);
        threads(sampler);
        loops(loops);
        overload(sources.overload());
        config();
    }

    void refresh() {
        traffic = sources.traffic().get();
        ledger = sources.ledger().get();
        memory = ProcessMemory.read();
        pools.refresh(sources.pools().get());
        leakSites.register(
                ledger.offenders().stream()
                        .map(site -> MultiGauge.Row.of(
                                Tags.of(
                                        MeterNames.KIND,
                                        site.kind().name(),
                                        MeterNames.FILTER,
                                        site.filter(),
                                        MeterNames.SITE,
                                        site.site(),
                                        MeterNames.BACKEND,
                                        site.backend() == null ? "" : site.backend()),
                                site.count()))
                        .toList(),
                true);
    }

    private void traffic() {
        Supplier<TrafficCounts> t = () -> traffic;
        gauge(MeterNames.IN_FLIGHT, null, t, TrafficCounts::inFlight);
        gauge(MeterNames.CONNECTIONS, null, t, TrafficCounts::connections);
        counter(MeterNames.PROXY_ERRORS, t, TrafficCounts::proxyErrorsTotal);
        counter(MeterNames.BACKEND_ERRORS, t, TrafficCounts::backendErrorsTotal);
    }

    private void permits() {
        gauge(MeterNames.POOL_PERMITS, null, sources::permits, IntSupplier::getAsInt);
        gauge(MeterNames.POOL_PERMITS_LOST, null, sources::lostPermits, IntSupplier::getAsInt);
    }

    private void ledger() {
        Supplier<LedgerSummary> l = () -> ledger;
        gauge(MeterNames.LEDGER_RECORDS, null, l, LedgerSummary::openRecords);
        gauge(MeterNames.LEDGER_HELD, null, l, LedgerSummary::heldLeases, MeterNames.KIND, "lease");
        gauge(MeterNames.LEDGER_HELD, null, l, LedgerSummary::heldBuffers, MeterNames.KIND, "buffer");
        gauge(MeterNames.LEDGER_HELD, null, l, LedgerSummary::heldTasks, MeterNames.KIND, "task");
        gauge(MeterNames.LEDGER_HELD_BYTES, "bytes", l, LedgerSummary::heldBufferBytes);
        gauge(MeterNames.LEDGER_QUARANTINED, "bytes", l, LedgerSummary::quarantinedBytes);
        counter(MeterNames.LEDGER_LEAKS, l, LedgerSummary::leaksTotal);
        counter(MeterNames.LEDGER_RECLAIMED, l, LedgerSummary::reclaimedTotal);
    }

    private void memory() {
        Supplier<Snapshot.Memory> m = () -> memory;
        direct(() -> memory.nettyDirect(), "netty");
        direct(() -> memory.jdkDirect(), "jdk");
        gauge(MeterNames.RESIDENT, "bytes", m, Snapshot.Memory::residentBytes);
        gauge(MeterNames.MEMORY_LIMIT, "bytes", m, Snapshot.Memory::limitBytes);
    }

    private void direct(Supplier<Snapshot.DirectMemory> source, String owner) {
        gauge(MeterNames.DIRECT, "bytes", source, Snapshot.DirectMemory::usedBytes, MeterNames.OWNER, owner);
        gauge(MeterNames.DIRECT_MAX, "bytes", source, Snapshot.DirectMemory::maxBytes, MeterNames.OWNER, owner);
    }

    private void liveSet(LiveSet liveSet) {
        Supplier<LiveSetSample> l = liveSet::latest;
        gauge(MeterNames.LIVE_SET, "bytes", l, LiveSetSample::liveBytes);
        gauge(MeterNames.LIVE_SET_TIME, "seconds", l, sample -> sample.at().toEpochMilli() / 1000.0);
        gauge(MeterNames.LIVE_SET_PAUSE, "seconds", l, sample -> sample.gcMillis() / 1000);
    }

    private void threads(ThreadSampler sampler) {
        gauge(MeterNames.VIRTUAL_THREADS, null, sampler::latest, ThreadSampler.Count::virtual);
        gauge(MeterNames.VIRTUAL_OLDEST, "seconds", sampler::latest, ThreadSampler.Count::oldestSeconds);
        gauge(MeterNames.ORPHANS, null, sources::orphans, orphans -> orphans.getAsInt());
        gauge(MeterNames.CARRIER_DELAY, "seconds", sources.carrierDelay(), delay -> delay.toNanos() / 1e9);
    }

    private void loops(EventLoopMonitor loops) {
        for (int i = 0; i < loops.count(); i++) {
            int loop = i;
            gauge(
                    MeterNames.LOOP_LAG,
                    "seconds",
                    () -> loops.lag(loop),
                    lag -> lag.toNanos() / 1e9,
                    MeterNames.LOOP,
                    Integer.toString(loop));
        }
    }

    private void overload(Overload overload) {
        gauge(MeterNames.HELD, "bytes", sources::heldBytes, LongSupplier::getAsLong);
        for (Resource resource : Resource.values()) {
            gauge(
                    MeterNames.OVERLOAD_PRESSURE,
                    null,
                    () -> overload,
                    current -> current.pressure(resource),
                    MeterNames.RESOURCE,
                    resource.name());
        }
        for (OverloadAction action : OverloadAction.values()) {
            gauge(
                    MeterNames.OVERLOAD_ACTIVE,
                    null,
                    () -> overload,
                    current -> current.isActive(action) ? 1 : 0,
                    MeterNames.ACTION,
                    action.name());
            for (Resource resource : Resource.values()) {
                if (resource.calls(action)) {
                    counter(
                            MeterNames.OVERLOAD_ACTIONS,
                            () -> overload,
                            current -> current.total(action, resource),
                            MeterNames.ACTION,
                            action.name(),
                            MeterNames.RESOURCE,
                            resource.name());
                }
            }
        }
    }

    private void config() {
        gauge(MeterNames.CONFIG_SEQUENCE, null, sources.config(), Snapshot.AppliedConfig::sequence);
        gauge(MeterNames.ENDPOINTS_VERSION, null, sources.config(), Snapshot.AppliedConfig::endpointsVersion);
        for (Snapshot.ProcessState state : Snapshot.ProcessState.values()) {
            gauge(
                    MeterNames.PROCESS_STATE,
                    null,
                    sources.state(),
                    now -> now == state ? 1 : 0,
                    MeterNames.STATE,
                    state.name());
        }
    }

    private <T> void gauge(String name, String unit, Supplier<T> source, ToDoubleFunction<T> value, String... tags) {
        Gauge.builder(name, () -> {
                    T current = source.get();
                    return current == null ? Double.NaN : value.applyAsDouble(current);
                })
                .baseUnit(unit)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private <T> void counter(String name, Supplier<T> source, ToDoubleFunction<T> value, String... tags) {
        FunctionCounter.builder(name, source, s -> {
                    T current = s.get();
                    return current == null ? 0 : value.applyAsDouble(current);
                })
                .tags(tags)
                .register(registry);
    }

    @Override
    public void close() {
        gc.close();
    }
}
