package io.proxyroute.proxy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.admin.AdminRoutes;
import io.proxyroute.proxy.admin.AdminTls;
import io.proxyroute.proxy.admin.ControlServer;
import io.proxyroute.proxy.admin.Router;
import io.proxyroute.proxy.admin.ServerLimits;
import io.proxyroute.proxy.config.ConfigRejectedException;
import io.proxyroute.proxy.config.InitialConfig;
import io.proxyroute.proxy.config.LiveConfig;
import io.proxyroute.proxy.config.StateDirectory;
import io.proxyroute.proxy.diagnostics.ClassHistograms;
import io.proxyroute.proxy.diagnostics.DiagnosticsWarmUp;
import io.proxyroute.proxy.diagnostics.ThreadReports;
import io.proxyroute.proxy.filter.FilterJars;
import io.proxyroute.proxy.filter.FilterRuntime;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.http1.Http1ClientProtocol;
import io.proxyroute.proxy.http1.Http1LinkFactory;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.lifecycle.BackendCheck;
import io.proxyroute.proxy.lifecycle.Drain;
import io.proxyroute.proxy.lifecycle.HealthRoutes;
import io.proxyroute.proxy.lifecycle.ProcessLifecycle;
import io.proxyroute.proxy.lifecycle.WarmUp;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.overload.HeapMonitor;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadManager;
import io.proxyroute.proxy.overload.ResourceLimits;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.pool.LinkFactory;
import io.proxyroute.proxy.stream.ClientProtocol;
import io.proxyroute.proxy.telemetry.MeterSources;
import io.proxyroute.proxy.telemetry.Telemetry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assembles a proxy from its parts. It is alive after {@link #start}, ready after {@link #warmUp()}, and ends with {@link
 * #drain()}; parts are closed in reverse order.
 */
final class Proxy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

    /** At this much quarantined memory, filters get no more buffers until leaked ones are freed. */
    private static final long QUARANTINE_CAP_BYTES =
            Math.min(32 << 20, FilterRuntime.Bounds.DEFAULT.maxBufferBytes() / 2);

    private static final int CERTIFICATE_POLL_SECONDS = 5;
    private static final int WARM_UP_REQUESTS = 8_000;
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(4);

    private final ProxySettings settings;
    private final InstantSource clock;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ProcessLifecycle lifecycle = new ProcessLifecycle();
    private InitialConfig initialConfig;
    private Overload overload;
    private EventLoops loops;
    private EventLoopGroup controlLoop;
    private Telemetry telemetry;
    private Ledger ledger;
    private LinkFactory links;
    private ClientProtocol protocol;
    private BackendPools pools;
    private FilterRuntime filters;
    private Frontend frontend;
    private volatile LiveConfig config;
    private Drain drain;
    private ThreadReports threadReports;
    private ClassHistograms classHistograms;
    private ControlServer health;
    private ControlServer admin;

    private Proxy(ProxySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Starts to serve the configuration that the settings name.
     *
     * @param random spreads periodic work over the pods of a route
     * @param accessLog receives the access log's lines
     * @throws InitialConfig.UnreadableException there is no valid configuration
     * @throws ConfigRejectedException the configuration cannot be applied in this process
     * @throws IOException a directory, a certificate or a port is unusable
     */
    static Proxy start(ProxySettings settings, InstantSource clock, RandomGenerator random, OutputStream accessLog)
            throws InitialConfig.UnreadableException, ConfigRejectedException, IOException {
        Proxy proxy = new Proxy(settings, clock);
        boolean started = false;
        try {
            proxy.assemble(random, accessLog);
            started = true;
            return proxy;
        } finally {
            if (!started) {
                proxy.close();
            }
        }
    }

    private void assemble(RandomGenerator random, OutputStream accessLog)
            throws InitialConfig.UnreadableException, ConfigRejectedException, IOException {
        Instant startedAt = clock.instant();
        StateDirectory state = StateDirectory.at(settings.state());
        initialConfig = InitialConfig.load(settings.config(), state);
        Transport transport = Transport.available();
        overload = new Overload(processLimits());
        loops = closeLater(new EventLoops(transport, settings.loops()));
        controlLoop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("control-loop", true), transport.handlers());
        parts.push(() -> controlLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
        ScheduledExecutorService files = Executors.newSingleThreadScheduledExecutor(threads("files-"));
        parts.push(files::shutdownNow);
        telemetry = closeLater(new Telemetry(clock, startedAt, random, accessLog));
        ledger = new Ledger(loops, clock, QUARANTINE_CAP_BYTES);
        links = new Http1LinkFactory(loops);
        protocol = new Http1ClientProtocol(loops);
        pools = closeLater(
                new BackendPools(loops, links, overload.limits().backendConnections(), settings.deniedBackends()));
        filters = closeLater(new FilterRuntime(
                closeLater(FilterJars.open(settings.filters())), loops, pools, ledger, FilterRuntime.Bounds.DEFAULT));
        frontend = closeLater(
                new Frontend(loops, pools, ledger, protocol, settings.host(), overload, telemetry.exchanges()));
        telemetry.start(sources(), loops, state.liveSet());
        telemetry.every(1000, pools::checkPermits);
        watchOverload();
        health = closeLater(
                server(executor("health-", 2), HealthRoutes.of(lifecycle, telemetry.loops(), telemetry::scrape), null));
        config = new LiveConfig(new DataPlane(filters, pools, frontend, telemetry, files), state, clock, initialConfig);
        if (config.fellBack()) {
            telemetry.countConfigRejected();
        }
        drain = new Drain(frontend, lifecycle, () -> config.document().drain());
        if (settings.tls() != null) {
            threadReports = new ThreadReports(telemetry.threads(), clock);
            classHistograms = new ClassHistograms(clock);
            AdminTls tls = new AdminTls(settings.tls());
            admin = closeLater(server(executor("control-", 3), adminRouter(), tls));
            files.scheduleWithFixedDelay(
                    () -> reload(tls), CERTIFICATE_POLL_SECONDS, CERTIFICATE_POLL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static ResourceLimits processLimits() {
        UnixOperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        return ResourceLimits.of(
                PlatformDependent.maxDirectMemory(),
                Runtime.getRuntime().maxMemory(),
                os.getMaxFileDescriptorCount(),
                os.getOpenFileDescriptorCount());
    }

    private void watchOverload() {
        HeapMonitor heap = closeLater(new HeapMonitor(Runtime.getRuntime().maxMemory(), System::nanoTime));
        OverloadManager manager = new OverloadManager(
                overload,
                new ResourceMonitors(overload.limits(), frontend, telemetry.loops(), heap).all(),
                frontend.relief());
        telemetry.every(OverloadManager.INTERVAL_MILLIS, manager::evaluate);
    }

    private <T extends AutoCloseable> T closeLater(T part) {
        parts.push(part);
        return part;
    }

    /** One per server, so that the operator's requests never delay the kubelet's probes. */
    private Executor executor(String prefix, int size) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(size, size, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(64), threads(prefix));
        parts.push(executor::shutdownNow);
        return executor;
    }

    private static ThreadFactory threads(String prefix) {
        return Thread.ofPlatform().name(prefix, 0).daemon().factory();
    }

    private ControlServer server(Executor executor, Router router, AdminTls tls) throws IOException {
        boolean plain = tls == null;
        return new ControlServer(
                loops.transport(),
                controlLoop,
                executor,
                router,
                ServerLimits.withBodiesUpTo(plain ? HealthRoutes.MAX_BODY_BYTES : AdminRoutes.MAX_BODY_BYTES),
                tls,
                settings.host(),
                plain ? settings.healthPort() : settings.adminPort());
    }

    private Router adminRouter() {
        return AdminRoutes.of(config, telemetry, pools, ledger, threadReports, classHistograms, drain::start);
    }

    private void reload(AdminTls tls) {
        if (!tls.reload()) {
            telemetry.countCertificateFailure();
        }
    }

    private MeterSources sources() {
        return new MeterSources(
                () -> new Snapshot.PodIdentity(config.document().route().uid(), settings.podName(), settings.podUid()),
                () -> config == null ? null : config.status(),
                lifecycle::state,
                frontend::counts,
                pools::usage,
                pools::connections,
                pools::lostPermits,
                ledger::summary,
                filters::orphans,
                overload,
                frontend::heldBytes,
                filters::schedulerDelay);
    }

    /** Checks backends and exercises the data path, then marks the process ready. Blocks for seconds. */
    void warmUp() throws InterruptedException {
        BackendCheck.run(config.document(), initialConfig.endpoints());
        long start = System.nanoTime();
        int responses = new WarmUp(loops, protocol, links, controlLoop, clock).run(WARM_UP_REQUESTS, WARM_UP_LIMIT);
        if (admin != null) {
            warmUpDiagnostics();
        }
        LOG.info("Warmed up with {} requests in {} ms.", responses, (System.nanoTime() - start) / 1_000_000);
        lifecycle.markReady();
        LOG.info("Ready.");
    }

    private void warmUpDiagnostics() {
        try {
            DiagnosticsWarmUp.run(threadReports, classHistograms);
        } catch (IOException e) {
            LOG.warn("Cannot take diagnostics: {}", e.toString());
        }
    }

    /** One log line for each part that listens, with its port. */
    List<String> summary() {
        ConfigDocument document = config.document();
        List<String> lines = new ArrayList<>();
        lines.add("Route %s/%s: configuration %s, sequence %d, %d rules, %d backends."
                .formatted(
                        document.route().namespace(),
                        document.route().name(),
                        document.hash(),
                        document.sequence(),
                        document.rules().size(),
                        document.backends().size()));
        for (Listener listener : document.listeners()) {
            lines.add("Listener %s: port %d, %s."
                    .formatted(
                            listener.name(),
                            port(listener.name()),
                            listener.hostnames().isEmpty() ? "every host" : String.join(", ", listener.hostnames())));
        }
        lines.add("Health and metrics: port %d (/livez, /readyz, /metrics).".formatted(healthPort()));
        lines.add(
                admin == null
                        ? "Admin: disabled; set --tls to enable it."
                        : "Admin: port %d, mutual TLS.".formatted(adminPort()));
        return lines;
    }

    /** The port of a listener. */
    int port(String listener) {
        return frontend.port(listener);
    }

    /** The health server's port. */
    int healthPort() {
        return health.port();
    }

    /** The admin server's port. */
    int adminPort() {
        return admin.port();
    }

    /** Drains without losing a request; blocks until the last exchange has ended or the drain timeout has passed. */
    void drain() throws InterruptedException {
        drain.start();
        drain.await();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.warn("Cannot close a part of the proxy.", e);
            }
        }
    }
}
