package io.proxyroute.e2e.churn;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Clusters;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Constant load while the route changes every second (weights, pool, timeouts, headers), a backend gets and loses a pod
 * every few seconds, and the number of proxy pods changes every 15 s.
 */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = {
            "Changes a route, its backends and its pods all the time, under constant load.",
            "Exit status: 0 no request was lost and nothing was left behind, 1 otherwise."
        })
public final class Churn implements Callable<Integer> {

    private static final String NAMESPACE = "proxyroute-churn";
    private static final Duration READY = Duration.ofMinutes(3);
    private static final int BACKEND_SECONDS = 7;
    private static final int REPLICA_SECONDS = 15;

    @Option(names = "--rate", defaultValue = "${env:RATE:-2000}", description = "Requests a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--seconds",
            defaultValue = "${env:DURATION_SECONDS:-120}",
            description = "How long (${DEFAULT-VALUE}).")
    private int seconds;

    private final List<String> complaints = new ArrayList<>();

    private Churn() {}

    /** Runs it and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Churn()).execute(args));
    }

    @Override
    public Integer call() {
        try (Cluster cluster = Clusters.open();
                Installation installation = Installation.install(cluster);
                Sandbox sandbox = Sandbox.open(cluster.client(), NAMESPACE)) {
            sandbox.backend("one", 2);
            sandbox.backend("two", 1);
            Route route = Route.apply(sandbox, "churn", "churn/route.yaml", Map.of());
            route.awaitServing(READY);
            try (Load load = Load.start(
                    sandbox,
                    "load",
                    List.of("churn=" + route.url(8080) + "/a"),
                    "--rate=" + rate,
                    "--duration=30m",
                    "--connections=64",
                    "--requests-per-connection=1000")) {
                int changes = change(route);
                judge(load, changes);
            }
            route.awaitServing(READY);
            route.pods().forEach(pod -> judge(route, pod));
        }
        complaints.forEach(each -> System.out.println("✗ " + each));
        if (complaints.isEmpty()) {
            System.out.println("✓ No request was lost, and nothing was left behind.");
        }
        return complaints.isEmpty() ? 0 : 1;
    }

    private int change(Route route) {
        Instant start = Instant.now();
        int second = 0;
        while (second < seconds) {
            route.patch(spec(second));
            if (second % BACKEND_SECONDS == 0) {
                scaleBackend(route.sandbox(), 1 + second / BACKEND_SECONDS % 2);
            }
            if (second % REPLICA_SECONDS == 0) {
                route.patch("{\"spec\":{\"proxy\":{\"replicas\":" + (2 + second / REPLICA_SECONDS % 2) + "}}}");
            }
            second++;
            sleepUntil(start.plusSeconds(second));
        }
        return second;
    }

    private static String spec(int second) {
        return """
                {"spec":{"connectionPool":{"maxConnectionsPerBackend":%d},
                 "timeouts":{"request":"9s","backendRequest":"%dms"},
                 "rules":[{"name":"all",
                  "filters":[{"type":"RequestHeaderModifier",
                   "requestHeaderModifier":{"set":[{"name":"x-second","value":"%d"}]}}],
                  "backendRefs":[{"name":"one","port":8080,"weight":%d},{"name":"two","port":8080,"weight":%d}]}]}}""".formatted(20 + second % 10, 8000 + second, second, 1 + second % 3, 1 + (second + 1) % 3);
    }

    private static void scaleBackend(Sandbox sandbox, int replicas) {
        sandbox.client()
                .apps()
                .deployments()
                .inNamespace(sandbox.namespace())
                .withName("two")
                .scale(replicas);
    }

    private void judge(Load load, int changes) {
        LoadLine.Summary summary = load.stop().get("churn");
        System.out.printf(
                Locale.ROOT,
                "%,d requests sent at %d a second, %,d failed %s; p50 %.1f ms, p99 %.1f ms; %d changes%n",
                summary.sent(),
                rate,
                summary.failed(),
                summary.causes(),
                summary.p50Millis(),
                summary.p99Millis(),
                changes);
        load.losses().stream().limit(10).forEach(loss -> System.out.println("     " + loss));
        if (summary.failed() > 0) {
            complaints.add(summary.failed() + " requests were lost.");
        }
        if (summary.fellBehind()) {
            complaints.add(String.format(
                    Locale.ROOT, "The run is void: the generator fell behind by %.0f ms.", summary.maxLagMillis()));
        }
    }

    /** Without load, a pod holds nothing. */
    private void judge(Route route, Pod pod) {
        String name = pod.getMetadata().getName();
        PodMetrics metrics = PodMetrics.of(
                new Requests(route.sandbox().client()), route.sandbox().namespace(), name);
        double held = metrics.sum("proxyroute_ledger_held");
        double records = metrics.sum("proxyroute_ledger_records");
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f open exchanges, %.0f things held, %.0f leaks, %.0f threads%n",
                name,
                records,
                held,
                metrics.sum("proxyroute_ledger_leaks_total"),
                metrics.sum("jvm_threads_live_threads"));
        if (held > 0 || records > 0) {
            complaints.add(name + " holds what no request needs any more.");
        }
    }

    private static void sleepUntil(Instant moment) {
        try {
            Thread.sleep(Duration.between(Instant.now(), moment));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
