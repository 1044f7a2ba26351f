package io.proxyroute.e2e.churn;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.ScenarioRunner;
import io.proxyroute.e2e.TestEnvironment;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadChecks;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command behind {@code make churn}: constant load through a route while its spec, backends and replicas change. It
 * fails if a request is lost, or if resource usage grows with the changes.
 */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = {
            "Changes a route and the endpoints of a backend every second, the replicas of another backend every 10 s",
            "and the replicas of the proxy every 15 s, under constant load.",
            "Exit status: 0 if no request was lost and no resource leaked, 1 otherwise."
        })
public final class Churn implements Callable<Integer> {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(3);
    /** Time for a pod without load to release the resources of the last requests. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(15);

    @Option(names = "--rate", defaultValue = "${env:RATE:-2000}", description = "Requests a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--seconds",
            defaultValue = "${env:DURATION_SECONDS:-120}",
            description = "Duration (${DEFAULT-VALUE}).")
    private int seconds;

    private final List<String> failures = new ArrayList<>();

    private Churn() {}

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Churn()).execute(args));
    }

    @Override
    public Integer call() {
        return ScenarioRunner.run("churn", "No request was lost, and no resource leaked.", this::run);
    }

    private List<String> run(TestEnvironment environment, String namespaceName) {
        environment.install();
        TestNamespace namespace = environment.createNamespace(namespaceName);
        ChurnSchedule.deployBackends(namespace);
        Route route = Route.apply(namespace, "churn", "churn/route.yaml", Map.of());
        route.awaitServing(READY_TIMEOUT);
        changeUnderLoad(route);
        return failures;
    }

    private void changeUnderLoad(Route route) {
        Map<String, ResourceTrend> trends = new ConcurrentHashMap<>();
        try (LoadGenerator load = LoadGenerator.start(
                route.namespace(),
                "load",
                "500m",
                List.of("churn=" + route.url(8080) + "/a"),
                "--rate=" + rate,
                "--duration=30m",
                "--connections=64",
                "--requests-per-connection=1000")) {
            ChurnSchedule schedule = ChurnSchedule.of(route);
            Instant start = Instant.now();
            CountDownLatch end = new CountDownLatch(1);
            Thread.startVirtualThread(() -> sample(route, trends, end));
            for (int second = 0; second < seconds; second++) {
                schedule.apply(second);
                printProgress(second, load);
                sleepUntil(start.plusSeconds(second + 1L));
            }
            Duration time = Duration.between(start, Instant.now());
            end.countDown();
            checkLoad(load, schedule.changes(), time);
        }
        route.awaitServing(READY_TIMEOUT);
        checkPods(route, trends);
    }

    private static void sample(Route route, Map<String, ResourceTrend> trends, CountDownLatch end) {
        try {
            do {
                sampleOnce(route, trends);
            } while (!end.await(SAMPLE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sampleOnce(Route route, Map<String, ResourceTrend> trends) {
        for (Pod pod : servingPods(route)) {
            String name = pod.getMetadata().getName();
            try {
                trends.computeIfAbsent(name, absent -> new ResourceTrend()).add(scrape(route, name));
            } catch (IllegalStateException e) {
                // The pod is starting or has just ended; a missing sample does not matter.
                System.out.println("     no sample of " + name + ": " + e.getMessage());
            }
        }
    }

    private static List<Pod> servingPods(Route route) {
        return route.pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready")
                                && each.getStatus().equals("True")))
                .toList();
    }

    private static PodMetrics scrape(Route route, String pod) {
        return PodMetrics.scrape(
                new ApiProxyClient(route.namespace().client()),
                route.namespace().name(),
                pod);
    }

    private static void printProgress(int second, LoadGenerator load) {
        if (second % 10 == 9) {
            load.latest("churn")
                    .ifPresent(each -> System.out.printf(
                            Locale.ROOT,
                            "%3d s  %,d requests sent, %,d failed, p99 %.0f ms%n",
                            second + 1,
                            each.sentTotal(),
                            each.failedTotal(),
                            each.p99Millis()));
        }
    }

    private void checkLoad(LoadGenerator load, int changes, Duration time) {
        LoadReport.Summary summary = load.stop().get("churn");
        System.out.printf(
                Locale.ROOT,
                "%,d requests sent at %d a second, %,d failed %s; p50 %.1f ms, p99 %.1f ms; %d changes in %d s%n",
                summary.sent(),
                rate,
                summary.failed(),
                summary.causes(),
                summary.p50Millis(),
                summary.p99Millis(),
                changes,
                time.toSeconds());
        load.losses().stream().limit(10).forEach(loss -> System.out.println("     " + loss));
        failures.addAll(LoadChecks.failures(summary));
    }

    private void checkPods(Route route, Map<String, ResourceTrend> trends) {
        int checked = 0;
        for (Pod pod : servingPods(route)) {
            String name = pod.getMetadata().getName();
            checkIdlePod(route, name);
            ResourceTrend trend = trends.get(name);
            if (trend != null && trend.isConclusive()) {
                checked++;
                System.out.println(name + " under load: " + trend.describe());
                trend.failure().ifPresent(what -> failures.add(name + ": " + what + "."));
            }
        }
        if (checked == 0) {
            failures.add("No pod ran long enough to check for growth.");
        }
    }

    /** A pod without load must hold no resources of exchanges. */
    private void checkIdlePod(Route route, String pod) {
        Instant limit = Instant.now().plus(IDLE_TIMEOUT);
        PodMetrics metrics = scrape(route, pod);
        while (held(metrics) > 0 && Instant.now().isBefore(limit)) {
            sleepUntil(Instant.now().plusMillis(500));
            metrics = scrape(route, pod);
        }
        double leaks = metrics.sum("proxyroute_ledger_leaks_total");
        System.out.printf(
                Locale.ROOT,
                "%s without load: %.0f resources held, %.0f leaks found in total%n",
                pod,
                held(metrics),
                leaks);
        if (held(metrics) > 0 || leaks > 0) {
            failures.add(pod + " holds resources although no request is in flight, or has found leaks.");
        }
    }

    private static double held(PodMetrics metrics) {
        return metrics.sum("proxyroute_ledger_held")
                + metrics.sum("proxyroute_ledger_records")
                + metrics.sum("proxyroute_pool_connections", "state=\"active\"")
                + metrics.sum("proxyroute_pool_pending");
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
