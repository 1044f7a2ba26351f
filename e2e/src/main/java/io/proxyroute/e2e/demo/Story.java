package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.terminal.Screen;
import io.proxyroute.e2e.terminal.Steps;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What happens. A shop is served by two proxy pods, and its visitors' requests are spread over both. Then an indexer
 * begins to search. It keeps one connection alive, as such clients do, so all its requests reach the same pod, and only
 * that one leaks: the operator has to find the one that leaks and leave its healthy sibling alone. All the while both
 * clients go on at a constant rate. When the pod is evicted the indexer's connection moves to another pod, which begins to
 * leak in its turn; the story ends before that is worth a second replacement.
 */
final class Story {

    /** The rule with the bug, and the name of the filter in it. */
    static final String LEAKING_RULE = "search";

    static final String LEAKING_FILTER = "recent-searches";

    private static final int VISITORS_PER_SECOND = 200;
    private static final int SEARCHES_PER_SECOND = 50;
    private static final String BYTES_PER_SEARCH = "16384";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration CALM = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    /** Of a core: a generator that is held up would spoil the story. */
    private static final String CLIENT_CPU = "200m";

    private final Sandbox sandbox;
    private final Steps steps;
    private final View view;
    private final Set<String> told = new HashSet<>();

    Story(Sandbox sandbox, Screen screen) {
        this.sandbox = sandbox;
        this.steps = new Steps(screen);
        this.view = new View(screen);
    }

    /**
     * How it ended.
     *
     * @param atStart the pods when the indexer began
     * @param atEnd the last look
     * @param fed the pod that the indexer's searches reached; empty when no pod told of any
     * @param victimBefore live set of the pod that was replaced, at its highest, in megabytes; NaN when none was
     * @param victimAtStart its live set before the leak, in megabytes
     * @param loads a summary for each client
     * @param losses requests that were lost, the first of them
     */
    record Ending(
            Scene atStart,
            Scene atEnd,
            Optional<Scene.PodView> fed,
            double victimAtStart,
            double victimBefore,
            Map<String, LoadLine.Summary> loads,
            List<LoadLine.Loss> losses) {}

    /** Plays it to its end, or until its time is over. */
    Ending play() {
        steps.run("Backend", "catalogue, 2 pods", () -> sandbox.backend("catalogue", 2));
        Route route = Route.apply(
                sandbox,
                "shop",
                "demo/route.yaml",
                Map.of("rule", LEAKING_RULE, "filter", LEAKING_FILTER, "bytes", BYTES_PER_SEARCH));
        steps.run("Route", "shop, 2 proxy pods, remediation in Auto mode", () -> route.awaitServing(START_LIMIT));
        Watch watch = new Watch(route, Instant.now());
        try (Load visitors = steps.get(
                "Visitors", VISITORS_PER_SECOND + " requests a second, spread over the pods", () -> visitors(route))) {
            watch.add("visitors", visitors);
            Scene atStart = watchFor(watch, CALM, scene -> false);
            try (Load indexer = steps.get(
                    "Indexer",
                    SEARCHES_PER_SECOND + " searches a second on one connection: the filter leaks "
                            + Integer.parseInt(BYTES_PER_SEARCH) / 1024 + " KiB each",
                    () -> indexer(route))) {
                watch.add("indexer", indexer);
                Scene atEnd = watchFor(watch, LIMIT, Story::isOver);
                return ending(watch, atStart, atEnd, visitors, indexer);
            }
        }
    }

    private Load visitors(Route route) {
        return Load.start(
                sandbox,
                "visitors",
                CLIENT_CPU,
                List.of("visitors=" + route.url(8080) + "/pages"),
                "--rate=" + VISITORS_PER_SECOND,
                "--duration=15m",
                "--connections=16",
                "--requests-per-connection=500");
    }

    private Load indexer(Route route) {
        return Load.start(
                sandbox,
                "indexer",
                CLIENT_CPU,
                List.of("indexer=" + route.url(8080) + "/search"),
                "--rate=" + SEARCHES_PER_SECOND,
                "--duration=15m",
                "--connections=1",
                "--max-connections=1");
    }

    /** Looks once a second until something is seen or the time is over; gives the last look. */
    private Scene watchFor(Watch watch, Duration limit, Predicate<Scene> end) {
        Instant until = Instant.now().plus(limit);
        while (true) {
            Scene scene = watch.look();
            tellPhases(scene);
            view.show(scene);
            if (end.test(scene) || Instant.now().isAfter(until)) {
                return scene;
            }
            pause();
        }
    }

    private void tellPhases(Scene scene) {
        scene.run().ifPresent(run -> {
            if (told.add(run.name())) {
                steps.say("  ● " + View.clock(scene.elapsed()) + "  " + run.pod() + ": " + run.cause());
            }
            for (Scene.PhaseView phase : run.phases()) {
                if (told.add(run.name() + phase.name())) {
                    steps.say("  ● " + View.clock(phase.at()) + "  " + phase.name() + ": " + meaning(phase.name()));
                }
            }
        });
    }

    private static String meaning(String phase) {
        return switch (phase) {
            case "Confirm" -> "is it still so?";
            case "Capture" -> "threads, exchanges, pools and ledger, while the pod serves";
            case "Tune" -> "would other settings help?";
            case "Prepare" -> "a replacement starts; the pod still serves";
            case "Act" -> "the replacement is ready; the pod is evicted and drains";
            case "Verify" -> "does the replacement do well?";
            case "Cooldown" -> "proved; now a pause";
            case "Paused" -> "the guard says no for now";
            case "Escalated" -> "a person must look";
            default -> "over";
        };
    }

    private static boolean isOver(Scene scene) {
        return scene.run().filter(run -> run.outcome() != null).isPresent()
                && scene.pods().stream().noneMatch(pod -> pod.state().equals("ending"));
    }

    private Ending ending(Watch watch, Scene atStart, Scene atEnd, Load visitors, Load indexer) {
        Map<String, LoadLine.Summary> summaries = new TreeMap<>();
        steps.run("Clients stop", "", () -> {
            summaries.putAll(indexer.stop());
            summaries.putAll(visitors.stop());
        });
        List<LoadLine.Loss> losses = new ArrayList<>(visitors.losses());
        losses.addAll(indexer.losses());
        List<Double> victim =
                atEnd.run().map(run -> watch.liveSetOf(run.podUid())).orElse(List.of());
        double highest = victim.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        double first = victim.isEmpty() ? Double.NaN : victim.getFirst();
        return new Ending(atStart, atEnd, watch.fed(), first, highest, summaries, losses);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
