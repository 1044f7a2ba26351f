package io.proxyroute.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.observe.LatestSamples;
import io.proxyroute.operator.observe.SampleFanOut;
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
 * Assembles one operator, starts it and stops it. Only the holder of the lease reconciles; a process that loses the lease
 * exits immediately, so two operators never act together.
 */
final class OperatorProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    /** Both phases of the stop together take less than the lease duration and the pod's grace period. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(8);

    private static final int RECONCILERS = 50;
    private static final int LOST_LEADERSHIP = 1;
    /** Limits the reconciliations of one route, which its pods can trigger. */
    private static final Duration RATE_PERIOD = Duration.ofSeconds(5);

    private static final int RECONCILIATIONS_PER_PERIOD = 25;

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

    /** @param client API client; closed by this process */
    OperatorProcess(
            KubernetesClient client,
            OperatorEnvironment environment,
            Set<String> namespaces,
            int healthPort,
            Remediation.Options remediationOptions,
            Clock clock)
            throws IOException {
        HealthServer.limitServers();
        String instance = instance();
        this.client = client;
        lease = new LeaderLease(client, environment.operatorNamespace(), instance);
        CachedAuthority authority = new CachedAuthority(new CaSecret(client, environment.operatorNamespace()), clock);
        AtomicReference<ReconcileTrigger> trigger = new AtomicReference<>();
        proxies = new ProxyClient(authority, clock);
        pusher = new ConfigPusher(proxies, pushListener(trigger), clock);
        LatestSamples samples = new LatestSamples();
        EventRecorder events = new EventRecorder(client, clock, instance, metrics);
        remediation = new Remediation(
                client,
                proxies,
                events,
                remediationOptions,
                uid -> trigger.get().trigger(uid),
                clock);
        poller = new SnapshotPoller(proxies, clock, new SampleFanOut(samples, metrics, remediation, pusher));
        ProxyRouteReconciler reconciler = new ProxyRouteReconciler(new ProxyRouteReconciler.Dependencies(
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
        trigger.set(reconciler.trigger());
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
            override.withRateLimiter(new LinearRateLimiter(RATE_PERIOD, RECONCILIATIONS_PER_PERIOD));
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

    /** Any work in progress would now compete with the new leader, so nothing is completed, not even logging. */
    private void stoppedLeading() {
        if (!closed.get()) {
            LOG.error("Lost the leader lease. Exiting.");
            Runtime.getRuntime().halt(LOST_LEADERSHIP);
        }
    }

    /** Name of the pod, or a random name outside a cluster. */
    private static String instance() {
        return Objects.requireNonNullElseGet(System.getenv("HOSTNAME"), () -> "operator-" + UUID.randomUUID());
    }

    private PushListener pushListener(AtomicReference<ReconcileTrigger> trigger) {
        return new PushListener() {
            @Override
            public void changed(String routeUid) {
                trigger.get().trigger(routeUid);
            }

            @Override
            public void pushed(ProxyAddress proxy, Acknowledgement result, Duration took) {
                metrics.pushed(result, took);
            }
        };
    }

    /**
     * Stops all work, and only then releases the lease. If something does not stop in time, the lease is kept and the
     * successor waits until it expires. Pushes need not be awaited, since their sequence numbers are below the successor's.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            health.close();
            poller.close();
            boolean stopped = remediation.stop(STOP_TIMEOUT);
            operator.stop();
            pusher.close();
            proxies.close();
            if (stopped && reconciliations.isTerminated()) {
                lease.release();
            } else {
                LOG.warn(
                        "Some work did not stop in time. The leader lease is not released; the next leader waits until it expires.");
            }
            remediation.close();
            metrics.close();
            client.close();
        }
    }
}
