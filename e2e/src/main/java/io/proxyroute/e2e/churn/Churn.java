package io.proxyroute.e2e.churn;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.Stage;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.LoadVerdict;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Constant load through a route while all of it changes, and what is lost and left behind. */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = {
            "Changes a route and a backend's endpoints every second, another backend's pods every 10 s",
            "and the number of proxy pods every 15 s, under constant load.",
            "Exit status: 0 no request was lost and nothing was left behind, 1 otherwise."
        })
public final class Churn implements Callable<Integer> {

    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(3);
    /** How long a pod may take, without load, to close what the last requests used. */
    private static final Duration REST = Duration.ofSeconds(15);

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
        return Stage.play("churn", "No request was lost, and nothing was left behind.", this::play);
    }

    private List<String> play(Stage stage, String namespace) {
        stage.install();
        Sandbox sandbox = stage.sandbox(namespace);
        Changes.deployBackends(sandbox);
        Route route = Route.apply(sandbox, "churn", "churn/route.yaml", Map.of());
        route.awaitServing(READY);
        disturb(route);
        return complaints;
    }

    private void disturb(Route route) {
        Map<String, Growth> growths = new ConcurrentHashMap<>();
        try (Load load = Load.start(
                route.sandbox(),
                "load",
                "500m",
                List.of("churn=" + route.url(8080) + "/a"),
                "--rate=" + rate,
                "--duration=30m",
                "--connections=64",
                "--requests-per-connection=1000")) {
            Changes changes = Changes.of(route);
            Instant start = Instant.now();
            CountDownLatch end = new CountDownLatch(1);
            Thread.startVirtualThread(() -> sample(route, growths, end));
            for (int second = 0; second < seconds; second++) {
                changes.make(second);
                tell(second, load);
                sleepUntil(start.plusSeconds(second + 1L));
            }
            Duration time = Duration.between(start, Instant.now());
            end.countDown();
            judge(load, changes.made(), time);
        }
        route.awaitServing(READY);
        judge(route, growths);
    }

    private static void sample(Route route, Map<String, Growth> growths, CountDownLatch end) {
        try {
            do {
                sampleOnce(route, growths);
            } while (!end.await(SAMPLE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sampleOnce(Route route, Map<String, Growth> growths) {
        for (Pod pod : servingPods(route)) {
            String name = pod.getMetadata().getName();
            try {
                growths.computeIfAbsent(name, absent -> new Growth()).add(metrics(route, name));
            } catch (IllegalStateException e) {
                // It is starting or has just ended; the pods that are judged have many samples.
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

    private static PodMetrics metrics(Route route, String pod) {
        return PodMetrics.of(
                new Requests(route.sandbox().client()), route.sandbox().namespace(), pod);
    }

    private static void tell(int second, Load load) {
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

    private void judge(Load load, int changes, Duration time) {
        LoadLine.Summary summary = load.stop().get("churn");
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
        complaints.addAll(LoadVerdict.complaints(summary));
    }

    private void judge(Route route, Map<String, Growth> growths) {
        int judged = 0;
        for (Pod pod : servingPods(route)) {
            String name = pod.getMetadata().getName();
            judgeRest(route, name);
            Growth growth = growths.get(name);
            if (growth != null && growth.isJudgeable()) {
                judged++;
                System.out.println(name + " under load: " + growth.describe());
                growth.complaint().ifPresent(what -> complaints.add(name + ": " + what + "."));
            }
        }
        if (judged == 0) {
            complaints.add("No pod lived long enough to judge whether anything grew.");
        }
    }

    /** Without load, a pod holds nothing. */
    private void judgeRest(Route route, String pod) {
        Instant limit = Instant.now().plus(REST);
        PodMetrics metrics = metrics(route, pod);
        while (held(metrics) > 0 && Instant.now().isBefore(limit)) {
            sleepUntil(Instant.now().plusMillis(500));
            metrics = metrics(route, pod);
        }
        double leaks = metrics.sum("proxyroute_ledger_leaks_total");
        System.out.printf(
                Locale.ROOT, "%s at rest: %.0f things held, %.0f leaks ever found%n", pod, held(metrics), leaks);
        if (held(metrics) > 0 || leaks > 0) {
            complaints.add(pod + " holds what no request needs any more.");
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
