package io.proxyroute.e2e.demo;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.e2e.terminal.StepReporter;
import io.proxyroute.e2e.terminal.Terminal;
import io.proxyroute.e2e.terminal.WordWrap;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The sequence of events in the demo. Two proxy pods serve a shop, and the visitors' requests are spread over both. Then an
 * indexer starts to search. It keeps a single connection alive, so all its requests reach one pod, and only that pod leaks:
 * the operator has to find it and leave the healthy sibling alone. Both clients keep sending at a constant rate throughout.
 * After the eviction the indexer's connection moves to another pod, which starts to leak in turn; the demo ends before that
 * pod needs to be replaced.
 */
final class DemoScenario {

    /** The rule that the leaking filter belongs to. */
    static final String LEAKING_RULE = "search";

    static final String LEAKING_FILTER = "recent-searches";

    private static final int VISITORS_PER_SECOND = 200;
    private static final int SEARCHES_PER_SECOND = 50;
    private static final String BYTES_PER_SEARCH = "16384";
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration BASELINE = Duration.ofSeconds(20);
    private static final Duration REMEDIATION_TIMEOUT = Duration.ofMinutes(5);
    private static final int MIN_TEXT_WIDTH = 60;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** CPU request: a generator that cannot keep its rate would void the demo. */
    private static final String CLIENT_CPU = "200m";

    private final TestNamespace namespace;
    private final Terminal terminal;
    private final StepReporter steps;
    private final DemoView view;
    private final Set<String> reportedEvents = new HashSet<>();

    DemoScenario(TestNamespace namespace, Terminal terminal) {
        this.namespace = namespace;
        this.terminal = terminal;
        this.steps = new StepReporter(terminal);
        this.view = new DemoView(terminal);
    }

    /** Runs until the leaking pod is replaced, or until the timeout. */
    DemoResult run() {
        steps.run("Backend", "catalogue, 2 pods", () -> namespace.startBackend("catalogue", 2));
        Route route = Route.apply(
                namespace,
                "shop",
                "demo/route.yaml",
                Map.of("rule", LEAKING_RULE, "filter", LEAKING_FILTER, "bytes", BYTES_PER_SEARCH));
        steps.run("Route", "shop, 2 proxy pods, remediation mode Auto", () -> route.awaitServing(START_TIMEOUT));
        ClusterWatcher watcher = new ClusterWatcher(route, Instant.now());
        try (LoadGenerator visitors = steps.call(
                "Visitors",
                VISITORS_PER_SECOND + " requests a second, spread over both pods",
                () -> startVisitors(route))) {
            watcher.add("visitors", visitors);
            ClusterSnapshot atStart = watchUntil(watcher, BASELINE, snapshot -> false);
            try (LoadGenerator indexer = steps.call(
                    "Indexer",
                    SEARCHES_PER_SECOND + " searches a second on one connection; each leaks "
                            + Integer.parseInt(BYTES_PER_SEARCH) / 1024 + " KiB",
                    () -> startIndexer(route))) {
                watcher.add("indexer", indexer);
                ClusterSnapshot atEnd = watchUntil(watcher, REMEDIATION_TIMEOUT, DemoScenario::isFinished);
                return stopClients(watcher, atStart, atEnd, visitors, indexer);
            }
        }
    }

    private LoadGenerator startVisitors(Route route) {
        return LoadGenerator.start(
                namespace,
                "visitors",
                CLIENT_CPU,
                List.of("visitors=" + route.url(8080) + "/pages"),
                "--rate=" + VISITORS_PER_SECOND,
                "--duration=15m",
                "--connections=16",
                "--requests-per-connection=500");
    }

    private LoadGenerator startIndexer(Route route) {
        return LoadGenerator.start(
                namespace,
                "indexer",
                CLIENT_CPU,
                List.of("indexer=" + route.url(8080) + "/search"),
                "--rate=" + SEARCHES_PER_SECOND,
                "--duration=15m",
                "--connections=1",
                "--max-connections=1");
    }

    /** Polls once a second until the condition holds or the timeout passes; returns the last snapshot. */
    private ClusterSnapshot watchUntil(ClusterWatcher watcher, Duration timeout, Predicate<ClusterSnapshot> condition) {
        Instant deadline = Instant.now().plus(timeout);
        while (true) {
            ClusterSnapshot snapshot = watcher.snapshot();
            reportPhases(snapshot);
            view.show(snapshot);
            if (condition.test(snapshot) || Instant.now().isAfter(deadline)) {
                return snapshot;
            }
            sleep();
        }
    }

    private void reportPhases(ClusterSnapshot snapshot) {
        snapshot.run().ifPresent(run -> {
            if (reportedEvents.add(run.name())) {
                Duration start = run.phases().isEmpty()
                        ? snapshot.elapsed()
                        : run.phases().getFirst().at();
                WordWrap.wrap(
                                "  ● " + DemoView.clock(start) + "  ",
                                run.pod() + ": " + run.cause(),
                                Math.max(MIN_TEXT_WIDTH, terminal.width()))
                        .forEach(steps::println);
            }
            for (ClusterSnapshot.PhaseStart phase : run.phases()) {
                if (reportedEvents.add(run.name() + phase.phase())) {
                    steps.println("  ● " + DemoView.clock(phase.at()) + "  " + phase.phase() + ": "
                            + describe(phase.phase()));
                }
            }
        });
    }

    private static String describe(RemediationPhase phase) {
        return switch (phase) {
            case Confirm -> "checking the finding on fresh samples";
            case Capture -> "collecting threads, exchanges, pools and ledger; the pod keeps serving";
            case Prepare -> "starting a replacement; the pod keeps serving";
            case Act -> "the replacement is ready; evicting the pod, which drains";
            case Verify -> "checking that the replacement does not leak";
            case Cooldown -> "recovery verified; no further action for a while";
            case Paused -> "a guard blocks the action for now";
            case Escalated -> "needs manual action";
            case Done -> "finished";
            case Disabled, Observe, Suspect, Detected -> "no run is open";
        };
    }

    private static boolean isFinished(ClusterSnapshot snapshot) {
        return snapshot.run().filter(run -> run.outcome() != null).isPresent()
                && snapshot.pods().stream().noneMatch(pod -> pod.state().equals("terminating"));
    }

    private DemoResult stopClients(
            ClusterWatcher watcher,
            ClusterSnapshot atStart,
            ClusterSnapshot atEnd,
            LoadGenerator visitors,
            LoadGenerator indexer) {
        Map<String, LoadReport.Summary> summaries = new TreeMap<>();
        steps.run("Stop clients", "", () -> {
            summaries.putAll(indexer.stop());
            summaries.putAll(visitors.stop());
        });
        List<LoadReport.Loss> losses = new ArrayList<>(visitors.losses());
        losses.addAll(indexer.losses());
        List<Double> liveSet =
                atEnd.run().map(run -> watcher.liveSetOf(run.podUid())).orElse(List.of());
        double initial = liveSet.isEmpty() ? Double.NaN : liveSet.getFirst();
        double peak = liveSet.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return new DemoResult(atStart, atEnd, watcher.indexedPod(), initial, peak, summaries, losses);
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
