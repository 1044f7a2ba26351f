package io.proxyroute.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.operator.compile.Placement;
import io.proxyroute.operator.episode.Remediation;
import io.proxyroute.operator.observe.LatestSamples;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.PodSample;
import io.proxyroute.operator.observe.SampleSink;
import io.proxyroute.operator.observe.SnapshotPoller;
import io.proxyroute.operator.pki.CaSecret;
import io.proxyroute.operator.pki.CachedAuthority;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.push.ConfigPusher;
import io.proxyroute.operator.push.ProxyAddress;
import io.proxyroute.operator.push.ProxyClient;
import io.proxyroute.operator.push.PushListener;
import io.proxyroute.operator.route.ProxyRouteReconciler;
import io.proxyroute.operator.route.RouteSignals;
import io.proxyroute.operator.status.EventRecorder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
    private static final String LEASE = "proxyroute-operator";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int LOST_LEADERSHIP = 1;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final OperatorMetrics metrics = new OperatorMetrics();
    private final ProxyClient proxies;
    private final ConfigPusher pusher;
    private final SnapshotPoller poller;
    private final Operator operator;
    private final Remediation remediation;
    private final HealthServer health;

    OperatorProcess(
            KubernetesClient client,
            Placement placement,
            Set<String> namespaces,
            int healthPort,
            Remediation.Options remediationOptions,
            Clock clock)
            throws IOException {
        CachedAuthority authority = new CachedAuthority(new CaSecret(client, placement.operatorNamespace()), clock);
        AtomicReference<RouteSignals> signals = new AtomicReference<>();
        proxies = new ProxyClient(authority, clock);
        pusher = new ConfigPusher(proxies, listener(signals));
        LatestSamples samples = new LatestSamples();
        EventRecorder events = new EventRecorder(client, clock, instance());
        remediation = new Remediation(
                client,
                proxies,
                events,
                remediationOptions,
                uid -> signals.get().signal(uid),
                clock);
        poller = new SnapshotPoller(proxies, clock, fanOut(samples));
        ProxyRouteReconciler reconciler = new ProxyRouteReconciler(new ProxyRouteReconciler.Collaborators(
                client, placement, authority, pusher, poller, samples, remediation, events, clock));
        signals.set(reconciler.signals());
        operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withMetrics(metrics)
                .withUseSSAToPatchPrimaryResource(true)
                .withReconciliationTerminationTimeout(STOP_TIMEOUT)
                .withLeaderElectionConfiguration(leaderElection(placement.operatorNamespace())));
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

    private LeaderElectionConfiguration leaderElection(String namespace) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                .withLeaseNamespace(namespace)
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> LOG.info("leading"), this::stoppedLeading, leader -> LOG.info("leader is {}", leader)))
                .build();
    }

    /** Whatever is under way would now compete with the new leader: nothing is finished, not even logs. */
    private void stoppedLeading() {
        if (!closed.get()) {
            LOG.error("the lease is lost; ending at once");
            Runtime.getRuntime().halt(LOST_LEADERSHIP);
        }
    }

    /** The pod's name, or the host's where the operator runs outside a cluster. */
    private static String instance() {
        return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "operator");
    }

    private PushListener listener(AtomicReference<RouteSignals> signals) {
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

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            health.close();
            operator.stop();
            remediation.close();
            poller.close();
            pusher.close();
            proxies.close();
            metrics.close();
        }
    }
}
