package io.proxyroute.operator.remediation.loop;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.operator.admin.ProxyClient;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.observe.SampleSink;
import io.proxyroute.operator.remediation.cluster.ApiCalls;
import io.proxyroute.operator.remediation.cluster.LeaseBudget;
import io.proxyroute.operator.remediation.cluster.RoutePods;
import io.proxyroute.operator.remediation.cluster.RunJournal;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.Ports.RunListener;
import io.proxyroute.operator.remediation.decision.RunExecutor;
import io.proxyroute.operator.remediation.evidence.DiagnosticsBundle;
import io.proxyroute.operator.remediation.evidence.DiagnosticsCollector;
import io.proxyroute.operator.remediation.evidence.ReportServer;
import io.proxyroute.operator.remediation.evidence.ReportStore;
import io.proxyroute.operator.remediation.evidence.ReportUpdater;
import io.proxyroute.operator.remediation.evidence.RunEvidence;
import io.proxyroute.operator.route.RouteRemediation;
import io.proxyroute.operator.status.EventRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remediation of all routes: one {@link RemediationLoop} per route, started at its first reconciliation, so only in the
 * leader. Owns the loops, the report server, and a Kubernetes client without retries. Thread-safe.
 */
public final class Remediation implements RouteRemediation, SampleSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Remediation.class);
    private static final Duration HISTORY_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_CONCURRENT_CALLS = 20;
    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);
    /** For reports of unknown routes that do not contain their TTL. */
    private static final Duration DEFAULT_TTL =
            new RemediationSpec.DiagnosticsSpec(null, null).ttl().toJava();

    private final Map<String, RemediationLoop> loops = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final KubernetesClient client;
    private final ApiCalls api;
    private final ProxyClient proxies;
    private final EventRecorder events;
    private final Options options;
    private final Consumer<String> statusChanged;
    private final Clock clock;
    private final DiagnosticsCollector collector;
    private final ReportStore store;
    private final LeaseBudget budget;
    private final ReportServer server;
    private final Thread sweeper;

    /**
     * Options of this installation.
     *
     * @param namespace the operator's namespace
     * @param reports directory of the reports
     * @param reportPort port of the report server
     * @param maxActionsPerHour pods detached within any hour, all routes together
     */
    public record Options(String namespace, Path reports, int reportPort, int maxActionsPerHour) {}

    /**
     * @param kubernetes only its configuration is used
     * @param proxies client for the proxies; closed by the caller
     * @param statusChanged receives the UID of a route whose status must be written; must not block
     */
    public Remediation(
            KubernetesClient kubernetes,
            ProxyClient proxies,
            EventRecorder events,
            Options options,
            Consumer<String> statusChanged,
            Clock clock)
            throws IOException {
        this.proxies = proxies;
        this.events = events;
        this.options = options;
        this.statusChanged = statusChanged;
        this.clock = clock;
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(kubernetes.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        collector = new DiagnosticsCollector(proxies, clock);
        store = new ReportStore(options.reports());
        api = new ApiCalls(client, MAX_CONCURRENT_CALLS);
        budget = new LeaseBudget(api, options.namespace());
        server = new ReportServer(options.reportPort(), store);
        sweeper = Thread.ofVirtual().name("sweep-reports").start(this::sweep);
    }

    private RemediationLoop loop(ProxyRoute route, ReconciledState state) {
        RouteObserver observer = new RouteObserver(route, state, options.maxActionsPerHour());
        RemediationEvents announcements = new RemediationEvents(events);
        StatusPublisher publisher = new StatusPublisher(observer::route, statusChanged);
        ReportUpdater reports = new ReportUpdater(observer::route, store);
        RunListener listener = run -> {
            announcements.advanced(observer.route(), run);
            publisher.advanced(run);
            reports.advanced(run);
        };
        RunExecutor executor = new RunExecutor(
                route.getMetadata().getNamespace() + "/" + route.getMetadata().getUid(),
                new RoutePods(api, route),
                new RunJournal(api, route, clock, name -> announcements.nameTaken(observer.route(), name)),
                budget,
                new RunEvidence(observer::route, collector, store, observer::address, clock),
                listener,
                clock);
        LiveSetBackfill backfill = new LiveSetBackfill(
                proxy -> proxies.get(proxy, AdminApi.LIVE_SET, LiveSetHistory.class, HISTORY_TIMEOUT),
                observer::backfill);
        return new RemediationLoop(observer, backfill, announcements, executor, publisher, clock);
    }

    /**
     * Deletes old reports on a separate thread, so that no run waits. Starts after one interval, when open runs are
     * known.
     */
    private void sweep() {
        try {
            while (true) {
                Thread.sleep(SWEEP_INTERVAL);
                try {
                    store.sweep(clock.instant(), this::maxAge, this::namespace);
                } catch (IOException | RuntimeException | Error e) {
                    LOG.warn("Cannot delete old reports; retrying in {}: {}", SWEEP_INTERVAL, e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Maximum age of the report of a run; empty while the run is open. */
    private Optional<Duration> maxAge(String run) {
        Optional<RemediationLoop> owner = owner(run);
        if (owner.isEmpty()) {
            return store.bundle(run).map(DiagnosticsBundle::ttl).or(() -> Optional.of(DEFAULT_TTL));
        }
        return owner.filter(loop -> !loop.mayBeOpen(run)).map(loop -> loop.observer()
                .route()
                .getSpec()
                .remediation()
                .diagnostics()
                .ttl()
                .toJava());
    }

    /** Namespace of the route of a run; reports of routes that are gone share a quota. */
    private String namespace(String run) {
        return owner(run)
                .map(loop -> loop.observer().route().getMetadata().getNamespace())
                .orElse("");
    }

    private Optional<RemediationLoop> owner(String run) {
        return loops.values().stream()
                .filter(loop -> RunNames.isOf(loop.observer().route(), run))
                .findFirst();
    }

    @Override
    public void reconciled(ProxyRoute route, ReconciledState state) {
        loops.compute(route.getMetadata().getUid(), (_, known) -> {
            if (known != null) {
                known.observer().update(route, state);
                return known;
            }
            if (stopped.get()) {
                return null;
            }
            RemediationLoop loop = loop(route, state);
            loop.start();
            return loop;
        });
    }

    @Override
    public Optional<String> activeFindings(String routeUid) {
        return publisher(routeUid).flatMap(StatusPublisher::activeFindings);
    }

    @Override
    public Optional<String> missingData(String routeUid) {
        return publisher(routeUid).flatMap(StatusPublisher::missingData);
    }

    @Override
    public Optional<ProxyRouteStatus.Remediation> status(String routeUid) {
        return publisher(routeUid).flatMap(StatusPublisher::status);
    }

    private Optional<StatusPublisher> publisher(String routeUid) {
        return Optional.ofNullable(loops.get(routeUid)).map(RemediationLoop::publisher);
    }

    @Override
    public void forget(String routeUid) {
        Optional.ofNullable(loops.remove(routeUid)).ifPresent(RemediationLoop::stop);
    }

    @Override
    public void accept(PodSample sample) {
        Optional.ofNullable(loops.get(sample.pod().route().uid()))
                .ifPresent(loop -> loop.observer().accept(sample));
    }

    /**
     * Interrupts all loops, and starts no new ones.
     *
     * @param timeout limit for all of them together
     * @return whether all have ended
     */
    public boolean stop(Duration timeout) {
        stopped.set(true);
        long deadline = System.nanoTime() + timeout.toNanos();
        // computeIfPresent waits for an insertion in progress, so the loop has been started.
        List<RemediationLoop> all = new ArrayList<>();
        loops.keySet()
                .forEach(uid -> loops.computeIfPresent(uid, (_, loop) -> {
                    all.add(loop);
                    return loop;
                }));
        all.forEach(RemediationLoop::stop);
        boolean ended = true;
        for (RemediationLoop loop : all) {
            ended &= loop.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        return ended;
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
        sweeper.interrupt();
        server.close();
        client.close();
    }
}
