package io.proxyroute.proxy.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.http.ExchangeListener;
import io.proxyroute.proxy.http.TrafficCounts;
import io.proxyroute.proxy.loop.EventLoops;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the process measures, with the two threads that do it: one ticks, one measures the live set. Made in two
 * steps, since the front end needs {@link #exchanges()} before it can be a source itself: {@link #observe} starts it.
 */
public final class Telemetry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);
    private static final int CENSUS_SECONDS = 5;

    private final InstantSource clock;
    private final Instant startedAt;
    private final RandomGenerator random;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Latencies latencies = new Latencies();
    private final TrafficMeters trafficMeters = new TrafficMeters(registry, latencies);
    private final AccessLog accessLog;
    private final FullCollection collection;
    private final ScheduledExecutorService ticks = thread("telemetry");
    private final ScheduledExecutorService liveSetThread = thread("live-set");
    private final ThreadSampler census = new ThreadSampler(System::nanoTime);
    private final Counter configRejected =
            Counter.builder(MeterNames.CONFIG_REJECTED).register(registry);
    private final Counter certificateFailures =
            Counter.builder(MeterNames.CERTIFICATE_FAILURES).register(registry);

    private MeterSources sources;
    private MinuteMeans means;
    private LiveSet liveSet;
    private LoopWatch loopWatch;
    private ProcessMeters processMeters;

    /**
     * Measures nothing yet.
     *
     * @param startedAt start of this process
     * @param random spreads the live-set measurements
     * @param accessLog where its lines go
     */
    public Telemetry(InstantSource clock, Instant startedAt, RandomGenerator random, OutputStream accessLog) {
        this.clock = clock;
        this.startedAt = startedAt;
        this.random = random;
        this.accessLog = new AccessLog(accessLog);
        this.collection = new FullCollection(clock);
        FunctionCounter.builder(MeterNames.ACCESS_LOG_DROPPED, this.accessLog, AccessLog::dropped)
                .register(registry);
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /** Counts and logs ended exchanges; for the front end that serves traffic. */
    public ExchangeListener exchanges() {
        return exchange -> {
            trafficMeters.ended(exchange);
            accessLog.ended(exchange);
        };
    }

    /**
     * Starts to measure.
     *
     * @param liveSetFile where the history is kept; null for in memory only
     */
    public void observe(MeterSources from, EventLoops loops, Path liveSetFile) {
        sources = from;
        means = new MinuteMeans(
                () -> from.traffic().get().inFlight(),
                () -> from.traffic().get().connections(),
                () -> from.traffic().get().requestsTotal(),
                System::nanoTime);
        liveSet = new LiveSet(
                collection, means, new LiveSetArchive(liveSetFile, startedAt, clock), liveSetThread, random);
        loopWatch = new LoopWatch(loops, System::nanoTime);
        processMeters = new ProcessMeters(registry, from, liveSet, census, loopWatch);
        every(1000 / MinuteMeans.PER_SECOND, means::sample);
        every(1000, loopWatch::tick);
        every(1000 * Latencies.SLICE_SECONDS, latencies::rotate);
        every(1000 * CENSUS_SECONDS, census::take);
    }

    /** A task that throws would never be called again. */
    private void every(long millis, Runnable task) {
        ticks.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.warn("A measurement failed.", e);
                    }
                },
                0,
                millis,
                TimeUnit.MILLISECONDS);
    }

    /** Takes what a document says about telemetry, and forgets the meters of rules that it no longer has. */
    public void apply(ConfigDocument document) {
        accessLog.enable(document.telemetry().accessLog());
        liveSet.every(document.telemetry().liveSetInterval());
        trafficMeters.retain(document.rules().stream().map(Rule::name).collect(Collectors.toUnmodifiableSet()));
    }

    /** A document was refused. */
    public void configRejected() {
        configRejected.increment();
    }

    /** New certificates of the admin port could not be used. */
    public void certificateFailure() {
        certificateFailures.increment();
    }

    /** Measurements of the live set. */
    public LiveSet liveSet() {
        return liveSet;
    }

    /** Counts and ages of virtual threads. */
    public ThreadSampler threads() {
        return census;
    }

    /** Whether the event loops run. */
    public LoopWatch loops() {
        return loopWatch;
    }

    /** All meters in Prometheus' text format. Blocks for some milliseconds; not for event loops. */
    public String scrape() {
        processMeters.refresh();
        return registry.scrape();
    }

    /** The state of the process at this moment. Reads a file of {@code /proc}; not for event loops. */
    public Snapshot snapshot() {
        TrafficCounts traffic = sources.traffic().get();
        ThreadSampler.Count virtual = census.latest();
        return new Snapshot(
                sources.identity().get(),
                clock.instant(),
                startedAt,
                sources.config().get(),
                sources.state().get(),
                ProcessMemory.read(),
                liveSet.latest(),
                new Snapshot.Threads(
                        ThreadSampler.platform(),
                        virtual.virtual(),
                        virtual.oldestSeconds(),
                        sources.orphans().getAsInt(),
                        sources.carrierDelay().get().toNanos() / 1e6),
                new Snapshot.Traffic(
                        traffic.inFlight(),
                        traffic.connections(),
                        traffic.requestsTotal(),
                        traffic.proxyErrorsTotal(),
                        traffic.proxyFaultsTotal(),
                        traffic.backendErrorsTotal(),
                        means.requestsPerSecond(),
                        means.inFlight(),
                        latencies.millis(99)),
                sources.pools().get(),
                sources.ledger().get());
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        liveSetThread.shutdownNow();
        collection.close();
        if (processMeters != null) {
            processMeters.close();
        }
        accessLog.close();
        registry.close();
    }
}
