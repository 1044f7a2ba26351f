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
import io.proxyroute.proxy.log.RepeatFilter;
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
 * The measurements of the process and the two threads that take them: one for periodic samples, one for the live set.
 * Created in two steps, because the front end needs {@link #exchanges()} before it is itself a source: {@link #start}
 * begins the measurements.
 */
public final class Telemetry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);
    private static final int THREAD_SAMPLE_SECONDS = 5;

    private final InstantSource clock;
    private final Instant startedAt;
    private final RandomGenerator random;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final TrafficMeters trafficMeters = new TrafficMeters(registry, latencies);
    private final AccessLog accessLog;
    private final FullCollection collection;
    private final ScheduledExecutorService sampling = thread("telemetry");
    private final ScheduledExecutorService liveSetThread = thread("live-set");
    private final ThreadSampler sampler = new ThreadSampler(System::nanoTime);
    private final Counter configRejected =
            Counter.builder(MeterNames.CONFIG_REJECTED).register(registry);
    private final Counter certificateFailures =
            Counter.builder(MeterNames.CERTIFICATE_FAILURES).register(registry);

    private MeterSources sources;
    private RollingAverages averages;
    private LiveSet liveSet;
    private EventLoopMonitor loopMonitor;
    private ProcessMeters processMeters;

    /**
     * Idle until {@link #start} is called.
     *
     * @param startedAt when this process started
     * @param random spreads live-set measurements over the pods of a route
     * @param accessLog receives the access log's lines
     */
    public Telemetry(InstantSource clock, Instant startedAt, RandomGenerator random, OutputStream accessLog) {
        this.clock = clock;
        this.startedAt = startedAt;
        this.random = random;
        this.accessLog = new AccessLog(accessLog);
        this.collection = new FullCollection(clock);
        FunctionCounter.builder(MeterNames.ACCESS_LOG_DROPPED, this.accessLog, AccessLog::dropped)
                .register(registry);
        FunctionCounter.builder(MeterNames.LOG_SUPPRESSED, this, unused -> RepeatFilter.suppressed())
                .register(registry);
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /** Counts and logs ended exchanges; for the front end. */
    public ExchangeListener exchanges() {
        return new ExchangeTelemetry(trafficMeters, accessLog);
    }

    /**
     * Starts the measurements.
     *
     * @param liveSetFile file of the live-set history; null keeps it in memory only
     */
    public void start(MeterSources from, EventLoops loops, Path liveSetFile) {
        sources = from;
        averages = new RollingAverages(
                () -> from.traffic().get().inFlight(),
                () -> from.traffic().get().connections(),
                () -> from.traffic().get().requestsTotal(),
                System::nanoTime);
        liveSet = new LiveSet(
                collection, averages, new LiveSetArchive(liveSetFile, startedAt, clock), liveSetThread, random);
        loopMonitor = new EventLoopMonitor(loops, System::nanoTime);
        processMeters = new ProcessMeters(registry, from, liveSet, sampler, loopMonitor);
        every(1000 / RollingAverages.SAMPLES_PER_SECOND, averages::sample);
        every(1000, loopMonitor::tick);
        every(1000 * LatencyHistogram.SLICE_SECONDS, latencies::rotate);
        every(1000 * THREAD_SAMPLE_SECONDS, sampler::take);
    }

    /** Runs a check periodically on the telemetry thread, besides its own measurements. It must not block. */
    public void every(long millis, Runnable task) {
        // Catches exceptions: the executor would never run a task again that has thrown.
        sampling.scheduleWithFixedDelay(
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

    /** Applies a document's telemetry settings and removes the meters of rules that it no longer has. */
    public void apply(ConfigDocument document) {
        accessLog.enable(document.telemetry().accessLog());
        liveSet.schedule(document.telemetry().liveSetInterval());
        trafficMeters.retain(document.rules().stream().map(Rule::name).collect(Collectors.toUnmodifiableSet()));
    }

    /** Counts a rejected configuration. */
    public void countConfigRejected() {
        configRejected.increment();
    }

    /** Counts a failed reload of the admin port's certificates. */
    public void countCertificateFailure() {
        certificateFailures.increment();
    }

    /** Measurements of the live set. */
    public LiveSet liveSet() {
        return liveSet;
    }

    /** Counts and ages of virtual threads. */
    public ThreadSampler threads() {
        return sampler;
    }

    /** Whether the event loops run. */
    public EventLoopMonitor loops() {
        return loopMonitor;
    }

    /** All meters in Prometheus' text format. Blocks for some milliseconds; not for event loops. */
    public String scrape() {
        processMeters.refresh();
        return registry.scrape();
    }

    /** The state of the process at this moment. Reads a file of {@code /proc}; not for event loops. */
    public Snapshot snapshot() {
        TrafficCounts traffic = sources.traffic().get();
        ThreadSampler.Count virtual = sampler.latest();
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
                        averages.requestsPerSecond(),
                        averages.inFlight(),
                        latencies.millis(99)),
                sources.pools().get(),
                sources.ledger().get());
    }

    @Override
    public void close() {
        sampling.shutdownNow();
        liveSetThread.shutdownNow();
        collection.close();
        if (processMeters != null) {
            processMeters.close();
        }
        accessLog.close();
        registry.close();
    }
}
