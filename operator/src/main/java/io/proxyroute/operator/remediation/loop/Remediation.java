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
import io.proxyroute.operator.remediation.cluster.LeaseBudget;
import io.proxyroute.operator.remediation.cluster.RoutePods;
import io.proxyroute.operator.remediation.cluster.RunJournal;
import io.proxyroute.operator.remediation.cluster.RunNames;
import io.proxyroute.operator.remediation.decision.RunExecutor;
import io.proxyroute.operator.remediation.evidence.DiagnosticsBundle;
import io.proxyroute.operator.remediation.evidence.DiagnosticsCollector;
import io.proxyroute.operator.remediation.evidence.ReportServer;
import io.proxyroute.operator.remediation.evidence.ReportStore;
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
 * Remediation of all routes. It begins to work for a route when the control loop first hands it over, so only in the
 * leader. Thread-safe.
 */
public final class Remediation implements RouteRemediation, SampleSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Remediation.class);
    private static final Duration HISTORY_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);
    /** Of reports whose route is not known, and that do not say it themselves. */
    private static final Duration DEFAULT_TTL =
            new RemediationSpec.DiagnosticsSpec(null, null).ttl().toJava();

    private final Map<String, RemediationLoop> routes = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final KubernetesClient client;
    private final DiagnosticsCollector collector;
    private final ReportStore store;
    private final LeaseBudget budget;
    private final ReportServer server;
    private final Thread sweeper;
    private final RemediationLoop.Parts parts;

    /**
     * How this installation is set up.
     *
     * @param namespace of the operator
     * @param reports directory of the reports
     * @param reportPort where they are served
     * @param maxActionsPerHour pods replaced within any hour, all routes together
     */
    public record Options(String namespace, Path reports, int reportPort, int maxActionsPerHour) {}

    /**
     * @param kubernetes only its configuration is used; this has a client of its own, which repeats no request by itself
     * @param proxies is not closed by this
     * @param changed hears of routes whose status should be written
     */
    public Remediation(
            KubernetesClient kubernetes,
            ProxyClient proxies,
            EventRecorder events,
            Options options,
            Consumer<String> changed,
            Clock clock)
            throws IOException {
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(kubernetes.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        collector = new DiagnosticsCollector(proxies, clock);
        store = new ReportStore(options.reports());
        budget = new LeaseBudget(client, options.namespace());
        server = new ReportServer(options.reportPort(), store);
        parts = new RemediationLoop.Parts(
                episodes -> actor(episodes, clock),
                () -> new RemediationEvents(events),
                proxy -> proxies.get(proxy, AdminApi.LIVE_SET, LiveSetHistory.class, HISTORY_TIMEOUT),
                changed,
                options.maxActionsPerHour(),
                clock);
        sweeper = Thread.ofVirtual().name("sweep-reports").start(() -> sweep(clock));
    }

    /** On a thread of its own, so that no episode waits for it; first when the open runs are known. */
    private void sweep(Clock clock) {
        try {
            while (true) {
                Thread.sleep(SWEEP_INTERVAL);
                try {
                    store.sweep(clock.instant(), this::longestAge);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("old reports cannot be deleted: {}", e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of the report of a run; empty while the run is open. */
    private Optional<Duration> longestAge(String run) {
        Optional<RemediationLoop> owner = routes.values().stream()
                .filter(episodes -> RunNames.isOf(episodes.route(), run))
                .findFirst();
        if (owner.isEmpty()) {
            return store.caseFile(run).map(DiagnosticsBundle::ttl).or(() -> Optional.of(DEFAULT_TTL));
        }
        return owner.filter(episodes -> !episodes.isOpen(run)).map(episodes -> episodes.route()
                .getSpec()
                .remediation()
                .diagnostics()
                .ttl()
                .toJava());
    }

    private RunExecutor actor(RemediationLoop episodes, Clock clock) {
        ProxyRoute route = episodes.route();
        return new RunExecutor(
                route.getMetadata().getUid(),
                new RoutePods(client, route),
                new RunJournal(client, route, clock),
                budget,
                new RunEvidence(episodes::route, collector, store, episodes::address, episodes::told, clock),
                clock);
    }

    @Override
    public void reconciled(ProxyRoute route, Facts facts) {
        routes.compute(route.getMetadata().getUid(), (_, known) -> {
            if (known != null) {
                known.update(route, facts);
                return known;
            }
            if (stopped.get()) {
                return null;
            }
            RemediationLoop episodes = new RemediationLoop(parts, route, facts);
            episodes.start();
            return episodes;
        });
    }

    @Override
    public Optional<String> trouble(String routeUid) {
        return Optional.ofNullable(routes.get(routeUid)).flatMap(RemediationLoop::trouble);
    }

    @Override
    public Optional<String> doubt(String routeUid) {
        return Optional.ofNullable(routes.get(routeUid)).flatMap(RemediationLoop::doubt);
    }

    @Override
    public Optional<ProxyRouteStatus.Remediation> status(String routeUid) {
        return Optional.ofNullable(routes.get(routeUid)).flatMap(RemediationLoop::status);
    }

    @Override
    public void forget(String routeUid) {
        Optional.ofNullable(routes.remove(routeUid)).ifPresent(RemediationLoop::stop);
    }

    @Override
    public void accept(PodSample sample) {
        Optional.ofNullable(routes.get(sample.pod().route().uid())).ifPresent(episodes -> episodes.accept(sample));
    }

    /**
     * Interrupts all that is under way, and begins nothing new.
     *
     * @param patience how long to wait for it
     * @return whether nothing acts any more
     */
    public boolean stop(Duration patience) {
        stopped.set(true);
        long deadline = System.nanoTime() + patience.toNanos();
        // Whoever is starting a route's episodes has done so when its entry can be seen.
        List<RemediationLoop> all = new ArrayList<>();
        routes.keySet()
                .forEach(uid -> routes.computeIfPresent(uid, (_, episodes) -> {
                    all.add(episodes);
                    return episodes;
                }));
        all.forEach(RemediationLoop::stop);
        boolean ended = true;
        for (RemediationLoop episodes : all) {
            ended &= episodes.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
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
