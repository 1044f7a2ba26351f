package io.proxyroute.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.observe.LatestSamples;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.observe.SampleSink;
import io.proxyroute.operator.observe.SnapshotPoller;
import io.proxyroute.operator.pki.CaSecret;
import io.proxyroute.operator.pki.CachedAuthority;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.push.ConfigPusher;
import io.proxyroute.operator.push.PushListener;
import io.proxyroute.operator.remediation.loop.Remediation;
import io.proxyroute.operator.route.ProxyRouteReconciler;
import io.proxyroute.operator.route.ReconcileTrigger;
import io.proxyroute.operator.status.EventRecorder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running operator: makes its parts, joins them, starts and ends them. Only the holder of the lease reconciles; a
 * process that loses it ends at once, so that no two ever act together.
 */
final class OperatorProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    /** Together shorter than the lease lasts, and than the pod's grace period. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(8);

    private static final int RECONCILERS = 50;
    private static final int LOST_LEADERSHIP = 1;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final OperatorMetrics metrics = new OperatorMetrics();
    private final KubernetesClient client;
    private final LeaderLease lease;
    private final ExecutorService reconciliations = Executors.newFixedThreadPool(RECONCILERS);
    private final ProxyClient proxies;
    private final ConfigPusher pusher;
    private final SnapshotPoller poller;
    private final Operator operator;
    private final Remediation remediation;
    private final HealthServer health;

    /** @param client is closed by this */
    OperatorProcess(
            KubernetesClient client,
            OperatorEnvironment environment,
            Set<String> namespaces,
            int healthPort,
            Remediation.Options remediationOptions,
            Clock clock)
            throws IOException {
        String instance = instance();
        this.client = client;
        lease = new LeaderLease(client, environment.operatorNamespace(), instance);
        CachedAuthority authority = new CachedAuthority(new CaSecret(client, environment.operatorNamespace()), clock);
        AtomicReference<ReconcileTrigger> signals = new AtomicReference<>();
        proxies = new ProxyClient(authority, clock);
        pusher = new ConfigPusher(proxies, listener(signals));
        LatestSamples samples = new LatestSamples();
        EventRecorder events = new EventRecorder(client, clock, instance, metrics);
        remediation = new Remediation(
                client,
                proxies,
                events,
                remediationOptions,
                uid -> signals.get().signal(uid),
                clock);
        poller = new SnapshotPoller(proxies, clock, fanOut(samples));
        ProxyRouteReconciler reconciler = new ProxyRouteReconciler(new ProxyRouteReconciler.Collaborators(
                client,
                environment,
                authority,
                lease::isHeld,
                pusher,
                poller,
                samples,
                remediation,
                events,
                metrics,
                clock));
        signals.set(reconciler.signals());
        operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withMetrics(metrics)
                .withUseSSAToPatchPrimaryResource(true)
                .withExecutorService(reconciliations)
                .withReconciliationTerminationTimeout(STOP_TIMEOUT)
                .withCloseClientOnStop(false)
                .withLeaderElectionConfiguration(lease.election(this::stoppedLeading)));
        operator.register(reconciler, override -> {
            override.withRetry(new GenericRetry()
                    .setInitialInterval(Duration.ofMillis(500))
                    .setIntervalMultiplier(2)
                    .setMaxInterval(Duration.ofSeconds(30).toMillis())
                    .withoutMaxAttempts());
            if (!namespaces.isEmpty()) {
                override.settingNamespaces(namespaces);
            }
        });
        health = new HealthServer(healthPort, this::isLive, started::get, metrics::scrape);
    }

    void start() {
        health.start();
        operator.start();
        started.set(true);
    }

    private boolean isLive() {
        return !started.get() || operator.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    /** Whatever is under way would now compete with the new leader: nothing is finished, not even logs. */
    private void stoppedLeading() {
        if (!closed.get()) {
            LOG.error("the lease is lost; ending at once");
            Runtime.getRuntime().halt(LOST_LEADERSHIP);
        }
    }

    /** The pod's name, or a name of its own where the operator runs outside a cluster. */
    private static String instance() {
        return Objects.requireNonNullElseGet(System.getenv("HOSTNAME"), () -> "operator-" + UUID.randomUUID());
    }

    private PushListener listener(AtomicReference<ReconcileTrigger> signals) {
        return new PushListener() {
            @Override
            public void changed(String routeUid) {
                signals.get().signal(routeUid);
            }

            @Override
            public void pushed(ProxyAddress proxy, Acknowledgement result, Duration took) {
                metrics.pushed(result, took);
            }
        };
    }

    private SampleSink fanOut(LatestSamples samples) {
        List<SampleSink> sinks = List.of(samples, metrics, remediation);
        return new SampleSink() {
            @Override
            public void accept(PodSample sample) {
                sinks.forEach(sink -> sink.accept(sample));
                sample.snapshot()
                        .ifPresent(snapshot -> pusher.observed(
                                sample.pod().route().uid(),
                                sample.pod().uid(),
                                new Applied(
                                        snapshot.config().hash(),
                                        snapshot.config().sequence(),
                                        snapshot.config().endpointsVersion())));
            }

            @Override
            public void gone(ObservedPod pod) {
                sinks.forEach(sink -> sink.gone(pod));
            }
        };
    }

    /**
     * Stops all that acts, and only then gives the lease back: what cannot be stopped keeps it, and the successor waits
     * until it expires. Pushes to proxies need not be waited for: their sequence numbers rank below the successor's.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            health.close();
            poller.close();
            boolean quiet = remediation.stop(STOP_TIMEOUT);
            operator.stop();
            pusher.close();
            proxies.close();
            if (quiet && reconciliations.isTerminated()) {
                lease.release();
            } else {
                LOG.warn("something is still under way; the lease is left to expire");
            }
            remediation.close();
            metrics.close();
            client.close();
        }
    }
}
