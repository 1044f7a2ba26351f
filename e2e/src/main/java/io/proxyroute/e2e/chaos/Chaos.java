package io.proxyroute.e2e.chaos;

import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.ScenarioRunner;
import io.proxyroute.e2e.TestEnvironment;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.LoadChecks;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import io.proxyroute.testbed.load.LoadReport;
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
 * The command behind {@code make chaos}: kills the operator once during every remediation run. It fails if a pod is evicted
 * twice or left detached, a run never ends, too many runs do not recover, or a request is lost.
 */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Pods leak and are replaced continuously; the operator is killed at a random moment of each remediation run.",
            "Exit status: 0 if no pod was evicted twice or left detached, every run ended, at least three quarters of",
            "them recovered, and no request was lost; 1 otherwise."
        })
public final class Chaos implements Callable<Integer> {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration RUN_START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration RUN_END_TIMEOUT = Duration.ofMinutes(10);
    /** Typical duration of an undisturbed run. */
    private static final int TYPICAL_RUN_MILLIS = 25_000;

    private static final double MAX_FAILED_RATIO = 0.25;
    /** The operator detaches at most this many pods an hour, and the load lasts two hours. */
    private static final int MAX_RUNS = 30;

    @Option(
            names = "--runs",
            defaultValue = "${env:RUNS:-20}",
            description = "Number of remediation runs (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--seed", defaultValue = "${env:SEED:-0}", description = "Seed of the random moments; 0 picks one.")
    private long seed;

    private final List<String> failures = new ArrayList<>();
    private final List<RemediationRunStatus.Outcome> outcomes = new ArrayList<>();

    private Chaos() {}

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Chaos()).execute(args));
    }

    @Override
    public Integer call() {
        if (runs < 1 || runs > MAX_RUNS) {
            System.err.println("RUNS is " + runs + ", but must be from 1 to " + MAX_RUNS + ".");
            return 2;
        }
        return ScenarioRunner.run(
                "chaos",
                runs + " remediation runs ended; no pod was evicted twice or left detached, and no request was lost.",
                this::run);
    }

    private List<String> run(TestEnvironment environment, String namespaceName) {
        AuditLog log = environment
                .cluster()
                .auditLog()
                .orElseThrow(
                        () -> new IllegalStateException("make chaos counts evictions in the audit log, and the one of "
                                + environment.cluster().description() + " is not readable: use the native cluster"));
        long effectiveSeed = seed == 0 ? System.nanoTime() : seed;
        environment.terminal().println("  seed " + effectiveSeed);
        environment.install();
        allowManyActions(environment.cluster());
        TestNamespace namespace = environment.createNamespace(namespaceName);
        Instant start = Instant.now();
        Route route = killDuringRuns(namespace, new Random(effectiveSeed));
        if (failures.isEmpty()) {
            checkFinalPods(route);
        }
        checkEvictions(log, route, start);
        return failures;
    }

    /** The installation's limit leaves two thirds of two thirds to a single route, which is too few for all runs. */
    private static void allowManyActions(Cluster cluster) {
        String operator = "deployment/" + Installation.OPERATOR;
        cluster.kubectl("set", "env", operator, "-n", Installation.NAMESPACE, "PROXYROUTE_MAX_ACTIONS_PER_HOUR=1000");
        cluster.kubectl("rollout", "status", operator, "-n", Installation.NAMESPACE, "--timeout=2m");
    }

    private Route killDuringRuns(TestNamespace namespace, Random random) {
        namespace.startBackend("echo", 1);
        Route route = Route.apply(namespace, "chaos", "chaos/route.yaml", Map.of());
        route.awaitServing(READY_TIMEOUT);
        try (LoadGenerator load = LoadGenerator.start(
                namespace,
                "load",
                List.of("chaos=" + route.url(8080) + "/a"),
                "--rate=60",
                "--duration=2h",
                "--requests-per-connection=100")) {
            OperatorKiller killer = new OperatorKiller(namespace.client());
            while (outcomes.size() < runs && failures.isEmpty()) {
                killDuringRun(route, killer, random.nextInt(TYPICAL_RUN_MILLIS));
            }
            checkLoad(load);
            checkOutcomes();
        }
        return route;
    }

    private void killDuringRun(Route route, OperatorKiller killer, int afterMillis) {
        Optional<RemediationRun> open = await(RUN_START_TIMEOUT, () -> open(route));
        if (open.isEmpty()) {
            failures.add("No remediation run started within " + RUN_START_TIMEOUT.toMinutes() + " min.");
            return;
        }
        String name = open.get().getMetadata().getName();
        sleep(Duration.ofMillis(afterMillis));
        if (outcomeOf(named(route, name)) != null) {
            return; // It ended before the chosen moment: take the next one.
        }
        String phase = phaseOf(named(route, name));
        String method = killer.kill();
        Instant killed = Instant.now();
        Optional<RemediationRun> ended =
                await(RUN_END_TIMEOUT, () -> Optional.of(named(route, name)).filter(run -> outcomeOf(run) != null));
        System.out.printf(
                Locale.ROOT,
                "%3d  %s at %-8s after %4.1f s: %s%n",
                outcomes.size() + 1,
                method,
                phase,
                afterMillis / 1e3,
                ended.map(run -> outcomeOf(run) + " "
                                + Duration.between(killed, Instant.now()).toSeconds() + " s later")
                        .orElse("did not end"));
        ended.ifPresent(run -> outcomes.add(outcomeOf(run)));
        if (ended.isEmpty()) {
            failures.add("Run " + name + " did not end within " + RUN_END_TIMEOUT.toMinutes() + " min: its phase is "
                    + phaseOf(named(route, name)) + ".");
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
                .orElseThrow(() ->
                        new IllegalStateException("run " + name + " was deleted, but runs must be kept as a record"));
    }

    private static String phaseOf(RemediationRun run) {
        return run.getStatus() == null || run.getStatus().phase() == null
                ? "(none)"
                : run.getStatus().phase().name();
    }

    private static RemediationRunStatus.Outcome outcomeOf(RemediationRun run) {
        return run.getStatus() == null ? null : run.getStatus().outcome();
    }

    private void checkLoad(LoadGenerator load) {
        LoadReport.Summary summary = load.stop().get("chaos");
        System.out.printf(
                Locale.ROOT,
                "%,d requests sent, %,d failed %s; the generator fell behind by at most %.0f ms%n",
                summary.sent(),
                summary.failed(),
                summary.causes(),
                summary.maxLagMillis());
        load.losses().stream().limit(10).forEach(loss -> System.out.println("     " + loss));
        failures.addAll(LoadChecks.failures(summary));
    }

    /** A kill may abort a run, for example between capture and eviction, but only a few. */
    private void checkOutcomes() {
        long recovered = outcomes.stream()
                .filter(RemediationRunStatus.Outcome.Recovered::equals)
                .count();
        if (outcomes.size() - recovered > Math.max(1, MAX_FAILED_RATIO * outcomes.size())) {
            failures.add("Only %d of %d runs recovered: %s.".formatted(recovered, outcomes.size(), outcomes));
        }
    }

    /** After the load has stopped and the last run has ended, exactly the desired pods exist, and all are attached. */
    private void checkFinalPods(Route route) {
        int desired = route.get().getSpec().proxy().replicas();
        Supplier<List<Boolean>> attached =
                () -> route.pods().stream().map(Route::isAttached).toList();
        List<Boolean> allAttached = Collections.nCopies(desired, true);
        boolean settled = await(RUN_END_TIMEOUT, () -> Optional.of(attached.get())
                        .filter(pods -> open(route).isEmpty() && pods.equals(allAttached)))
                .isPresent();
        if (!settled) {
            long detached = attached.get().stream().filter(each -> !each).count();
            failures.add("%d pods exist, %d of them detached; %d pods are desired."
                    .formatted(attached.get().size(), detached, desired));
        }
    }

    private void checkEvictions(AuditLog log, Route route, Instant start) {
        List<String> evicted = log.entriesOf(AuditLog.OPERATOR, start).stream()
                .filter(entry -> entry.resource().equals("pods/eviction"))
                .filter(entry -> route.namespace().name().equals(entry.namespace()))
                .filter(entry -> entry.status() / 100 == 2)
                .map(AuditLog.Entry::name)
                .toList();
        System.out.println(evicted.size() + " evictions");
        failures.addAll(EvictionChecks.failures(
                evicted, route.runs().stream().map(Chaos::recordOf).toList()));
    }

    private static EvictionChecks.RunRecord recordOf(RemediationRun run) {
        return new EvictionChecks.RunRecord(
                run.getMetadata().getName(),
                run.getSpec().podName(),
                run.getStatus() != null && run.getStatus().actedAt() != null);
    }

    private static <T> Optional<T> await(Duration timeout, Supplier<Optional<T>> query) {
        Instant deadline = Instant.now().plus(timeout);
        Optional<T> result = query.get();
        while (result.isEmpty() && Instant.now().isBefore(deadline)) {
            sleep(Duration.ofMillis(250));
            result = query.get();
        }
        return result;
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
