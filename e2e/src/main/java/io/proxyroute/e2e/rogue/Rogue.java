package io.proxyroute.e2e.rogue;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.ScenarioRunner;
import io.proxyroute.e2e.TestEnvironment;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how much pods that misbehave towards the operator can burden it, and whether other routes notice. */
@Command(
        name = "rogue",
        mixinStandardHelpOptions = true,
        description = {
            "Runs routes whose pods answer the operator with endless bodies, conflicts, foreign documents, invented leaks",
            "and resets, beside honest routes that change all the time.",
            "Exit status: 0 if the operator did not restart, wrote less than twice a second for the rogue routes, and",
            "reacted to the honest routes in at most twice the usual time; 1 otherwise."
        })
public final class Rogue implements Callable<Integer> {

    private static final List<String> BEHAVIORS = List.of("endless", "conflict", "foreign", "offenders", "reset");
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(5);
    private static final double MAX_WRITES_PER_SECOND = 2;
    /** Below this, a reaction is fast, whatever it was before. */
    private static final Duration FAST = Duration.ofSeconds(2);

    private static final int REACTIONS = 10;

    @Option(names = "--seconds", defaultValue = "${env:DURATION_SECONDS:-300}", description = "(${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--rogues", defaultValue = "${env:ROGUES:-20}", description = "Rogue routes (${DEFAULT-VALUE}).")
    private int rogues;

    @Option(names = "--honest", defaultValue = "${env:HONEST:-5}", description = "Honest routes (${DEFAULT-VALUE}).")
    private int honest;

    private final List<String> failures = new ArrayList<>();

    private Rogue() {}

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Rogue()).execute(args));
    }

    @Override
    public Integer call() {
        return ScenarioRunner.run("rogue", "The rogue pods cost the operator and the other routes little.", this::run);
    }

    private List<String> run(TestEnvironment environment, String namespaceName) {
        AuditLog log = environment
                .cluster()
                .auditLog()
                .orElseThrow(() -> new IllegalStateException(
                        "make rogue counts writes in the audit log, which is not readable: use the native cluster"));
        environment.install();
        TestNamespace namespace = environment.createNamespace(namespaceName);
        List<Route> routes = IntStream.range(0, honest)
                .mapToObj(
                        i -> Route.apply(namespace, "honest-" + i, "rogue/honest.yaml", Map.of("name", "honest-" + i)))
                .toList();
        routes.forEach(route -> route.awaitServing(READY_TIMEOUT));
        Duration before = reaction(routes, "before");
        System.out.printf(Locale.ROOT, "reaction without rogue pods: %d ms%n", before.toMillis());

        for (int i = 0; i < rogues; i++) {
            String name = "rogue-" + i;
            Route.apply(
                    namespace,
                    name,
                    "rogue/rogue.yaml",
                    Map.of("name", name, "behavior", BEHAVIORS.get(i % BEHAVIORS.size())));
        }
        awaitReadyRogues(namespace);
        Instant start = Instant.now();
        Duration during = observe(routes, start);

        System.out.printf(Locale.ROOT, "reaction beside rogue pods: %d ms%n", during.toMillis());
        if (during.compareTo(FAST) > 0 && during.compareTo(before.multipliedBy(2)) > 0) {
            failures.add("The reaction to a change took %d ms beside rogue pods, %d ms without them."
                    .formatted(during.toMillis(), before.toMillis()));
        }
        checkWrites(log, start);
        checkRestarts(namespace);
        return failures;
    }

    private void awaitReadyRogues(TestNamespace namespace) {
        Instant deadline = Instant.now().plus(READY_TIMEOUT);
        while (Instant.now().isBefore(deadline)) {
            long ready = pods(namespace, namespace.name()).stream()
                    .filter(pod -> pod.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True")))
                    .count();
            if (ready >= honest + rogues) {
                return;
            }
            pause(Duration.ofSeconds(1));
        }
        throw new IllegalStateException("the rogue pods are not ready after " + READY_TIMEOUT.toMinutes() + " min");
    }

    /** The median reaction over the whole time. */
    private Duration observe(List<Route> routes, Instant start) {
        List<Duration> reactions = new ArrayList<>();
        Instant end = start.plusSeconds(seconds);
        while (Instant.now().isBefore(end)) {
            reactions.add(reaction(routes, "t" + reactions.size()));
            System.out.printf(
                    Locale.ROOT,
                    "%4d s  reaction %d ms%n",
                    Duration.between(start, Instant.now()).toSeconds(),
                    reactions.getLast().toMillis());
        }
        return median(reactions);
    }

    /** The median time from a change of a route until all its pods serve it. */
    private static Duration reaction(List<Route> routes, String mark) {
        List<Duration> reactions = new ArrayList<>();
        for (int i = 0; i < REACTIONS; i++) {
            Route route = routes.get(i % routes.size());
            route.patch("""
                    {"spec": {"rules": [{"name": "all", "filters": [{"type": "ResponseHeaderModifier",
                     "responseHeaderModifier": {"set": [{"name": "x-mark", "value": "%s-%d"}]}}]}]}}""".formatted(mark, i));
            Instant changed = Instant.now();
            route.awaitServing(READY_TIMEOUT);
            reactions.add(Duration.between(changed, Instant.now()));
            pause(Duration.ofSeconds(1));
        }
        return median(reactions);
    }

    private static Duration median(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2);
    }

    /** Writes for the rogue routes: those of honest routes follow from their changes. */
    private void checkWrites(AuditLog log, Instant start) {
        List<AuditLog.Entry> writes = log.entriesOf(AuditLog.OPERATOR, start).stream()
                .filter(AuditLog.Entry::isWrite)
                .filter(entry -> entry.name() == null || !entry.name().startsWith("honest"))
                .filter(entry -> !entry.resource().equals("leases"))
                .toList();
        double rate =
                writes.size() / (double) Duration.between(start, Instant.now()).toSeconds();
        System.out.printf(
                Locale.ROOT,
                "%.2f writes a second for %d rogue routes: %s%n",
                rate,
                rogues,
                writes.stream()
                        .collect(Collectors.groupingBy(
                                entry -> entry.verb() + " " + entry.resource(), Collectors.counting())));
        if (rate >= MAX_WRITES_PER_SECOND) {
            failures.add("The operator wrote %.2f times a second for %d rogue routes.".formatted(rate, rogues));
        }
    }

    private void checkRestarts(TestNamespace namespace) {
        pods(namespace, Installation.NAMESPACE)
                .forEach(pod -> pod.getStatus().getContainerStatuses().forEach(container -> {
                    if (container.getRestartCount() > 0) {
                        failures.add("The operator restarted %d times.".formatted(container.getRestartCount()));
                    }
                }));
    }

    private static List<Pod> pods(TestNamespace namespace, String where) {
        return namespace.client().pods().inNamespace(where).list().getItems();
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
