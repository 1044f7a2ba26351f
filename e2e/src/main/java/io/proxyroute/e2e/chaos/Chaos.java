package io.proxyroute.e2e.chaos;

import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.Stage;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.LoadVerdict;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills the operator once in every remediation, and looks whether a pod was evicted twice, a run has no end or too few came
 * to a good one, a request was lost or a pod was left behind.
 */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Pods leak and are replaced again and again; the operator is killed at a random moment of each remediation.",
            "Exit status: 0 no pod was evicted twice or left behind, every run ended, most of them well, and no request",
            "was lost; 1 otherwise."
        })
public final class Chaos implements Callable<Integer> {

    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration RUN_BEGINS = Duration.ofMinutes(5);
    private static final Duration RUN_ENDS = Duration.ofMinutes(10);
    /** A remediation takes about this long when nobody is killed. */
    private static final int RUN_MILLIS = 25_000;

    private static final double MOST_SPOILED = 0.25;
    /** The operator detaches no more pods in an hour, and the load ends after two. */
    private static final int MOST_RUNS = 30;

    @Option(names = "--runs", defaultValue = "${env:RUNS:-20}", description = "Remediations (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--seed", defaultValue = "${env:SEED:-0}", description = "Of the moments; 0 takes the clock.")
    private long seed;

    private final List<String> complaints = new ArrayList<>();
    private final List<RemediationRunStatus.Outcome> outcomes = new ArrayList<>();

    private Chaos() {}

    /** Runs it and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Chaos()).execute(args));
    }

    @Override
    public Integer call() {
        if (runs < 1 || runs > MOST_RUNS) {
            System.err.println("RUNS is " + runs + ", but must be from 1 to " + MOST_RUNS + ".");
            return 2;
        }
        return Stage.play(
                "chaos",
                runs + " remediations ended; no pod was evicted twice or left behind, and no request was lost.",
                this::play);
    }

    private List<String> play(Stage stage, String namespace) {
        AuditLog log = stage.cluster()
                .auditLog()
                .orElseThrow(() -> new IllegalStateException("evictions are counted in the audit log, and that of "
                        + stage.cluster().description() + " cannot be read: use the native cluster"));
        long chosen = seed == 0 ? System.nanoTime() : seed;
        stage.screen().say("  seed " + chosen);
        stage.install();
        Sandbox sandbox = stage.sandbox(namespace);
        Instant start = Instant.now();
        Route route = disturb(sandbox, new Random(chosen));
        if (complaints.isEmpty()) {
            judgeRest(route);
        }
        judgeEvictions(log, route, start);
        return complaints;
    }

    private Route disturb(Sandbox sandbox, Random random) {
        sandbox.backend("echo", 1);
        Route route = Route.apply(sandbox, "chaos", "chaos/route.yaml", Map.of());
        route.awaitServing(READY);
        try (Load load = Load.start(
                sandbox,
                "load",
                List.of("chaos=" + route.url(8080) + "/a"),
                "--rate=60",
                "--duration=2h",
                "--requests-per-connection=100")) {
            OperatorKiller killer = new OperatorKiller(sandbox.client());
            while (outcomes.size() < runs && complaints.isEmpty()) {
                disturb(route, killer, random.nextInt(RUN_MILLIS));
            }
            judgeLoad(load);
            judgeOutcomes();
        }
        return route;
    }

    private void disturb(Route route, OperatorKiller killer, int afterMillis) {
        Optional<RemediationRun> open = await(RUN_BEGINS, () -> open(route));
        if (open.isEmpty()) {
            complaints.add("No remediation began within " + RUN_BEGINS.toMinutes() + " min.");
            return;
        }
        String name = open.get().getMetadata().getName();
        sleep(Duration.ofMillis(afterMillis));
        if (outcomeOf(named(route, name)) != null) {
            return; // it was over before its moment came: the next one is disturbed instead
        }
        String phase = phaseOf(named(route, name));
        String how = killer.kill();
        Instant killed = Instant.now();
        Optional<RemediationRun> ended =
                await(RUN_ENDS, () -> Optional.of(named(route, name)).filter(run -> outcomeOf(run) != null));
        System.out.printf(
                Locale.ROOT,
                "%3d  %s at %-8s after %4.1f s: %s%n",
                outcomes.size() + 1,
                how,
                phase,
                afterMillis / 1e3,
                ended.map(run -> outcomeOf(run) + " "
                                + Duration.between(killed, Instant.now()).toSeconds() + " s later")
                        .orElse("no end"));
        ended.ifPresent(run -> outcomes.add(outcomeOf(run)));
        if (ended.isEmpty()) {
            complaints.add("Run " + name + " has no end: it is in " + phaseOf(named(route, name)) + ".");
        }
    }

    private static Optional<RemediationRun> open(Route route) {
        return route.runs().stream()
                .filter(run -> run.getStatus() == null || run.getStatus().outcome() == null)
                .findFirst();
    }

    private static RemediationRun named(Route route, String name) {
        return route.runs().stream()
                .filter(run -> run.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("run " + name + " is gone: runs are a record"));
    }

    private static String phaseOf(RemediationRun run) {
        return run.getStatus() == null || run.getStatus().phase() == null
                ? "start"
                : run.getStatus().phase().name();
    }

    private static RemediationRunStatus.Outcome outcomeOf(RemediationRun run) {
        return run.getStatus() == null ? null : run.getStatus().outcome();
    }

    private void judgeLoad(Load load) {
        LoadLine.Summary summary = load.stop().get("chaos");
        System.out.printf(
                Locale.ROOT,
                "%,d requests sent, %,d failed %s; the generator fell behind by at most %.0f ms%n",
                summary.sent(),
                summary.failed(),
                summary.causes(),
                summary.maxLagMillis());
        load.losses().stream().limit(10).forEach(loss -> System.out.println("     " + loss));
        complaints.addAll(LoadVerdict.complaints(summary));
    }

    /** A kill may spoil a run, as when it comes between the evidence and the act; it may not spoil many. */
    private void judgeOutcomes() {
        long well = outcomes.stream()
                .filter(RemediationRunStatus.Outcome.Recovered::equals)
                .count();
        if (outcomes.size() - well > Math.max(1, MOST_SPOILED * outcomes.size())) {
            complaints.add("Only %d of %d runs ended as Recovered: %s.".formatted(well, outcomes.size(), outcomes));
        }
    }

    /** Once the load has stopped and the last run has ended, as many pods are there as are wanted, and all of them serve. */
    private void judgeRest(Route route) {
        int wanted = route.get().getSpec().proxy().replicas();
        Supplier<List<Boolean>> attached =
                () -> route.pods().stream().map(Route::isAttached).toList();
        List<Boolean> whole = Collections.nCopies(wanted, true);
        boolean rests = await(RUN_ENDS, () -> Optional.of(attached.get())
                        .filter(pods -> open(route).isEmpty() && pods.equals(whole)))
                .isPresent();
        if (!rests) {
            long detached = attached.get().stream().filter(each -> !each).count();
            complaints.add("%d pods are left, %d of them detached, where %d are wanted."
                    .formatted(attached.get().size(), detached, wanted));
        }
    }

    private void judgeEvictions(AuditLog log, Route route, Instant start) {
        List<String> evicted = log.of(AuditLog.OPERATOR, start).stream()
                .filter(entry -> entry.resource().equals("pods/eviction"))
                .filter(entry -> route.sandbox().namespace().equals(entry.namespace()))
                .filter(entry -> entry.status() / 100 == 2)
                .map(AuditLog.Entry::name)
                .toList();
        System.out.println(evicted.size() + " evictions");
        complaints.addAll(Evictions.complaints(
                evicted, route.runs().stream().map(Chaos::factsOf).toList()));
    }

    private static Evictions.RunFacts factsOf(RemediationRun run) {
        return new Evictions.RunFacts(
                run.getMetadata().getName(),
                run.getSpec().podName(),
                run.getStatus() != null && run.getStatus().actedAt() != null);
    }

    private static <T> Optional<T> await(Duration limit, Supplier<Optional<T>> question) {
        Instant end = Instant.now().plus(limit);
        Optional<T> answer = question.get();
        while (answer.isEmpty() && Instant.now().isBefore(end)) {
            sleep(Duration.ofMillis(250));
            answer = question.get();
        }
        return answer;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
