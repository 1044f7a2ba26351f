package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.terminal.Screen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The state of things on the screen: a panel on a terminal, elsewhere a line every ten seconds. Confined to the story's
 * thread.
 */
final class View {

    private static final int WIDEST_CHART = 44;
    private static final int NARROWEST_CHART = 8;
    /** What stands beside the chart in a pod's line: its name, its state, its memory and the blanks between. */
    private static final int BESIDE_CHART = 2 + 27 + 1 + 8 + 1 + 1 + 14;

    private static final int PLAIN_INTERVAL_SECONDS = 10;

    private final Screen screen;
    private long plainSeconds = -PLAIN_INTERVAL_SECONDS;

    View(Screen screen) {
        this.screen = screen;
    }

    /** Shows the state of things. */
    void show(Scene scene) {
        if (screen.isTerminal()) {
            screen.panel(panel(scene, screen.width()));
        } else if (scene.elapsed().toSeconds() - plainSeconds >= PLAIN_INTERVAL_SECONDS) {
            plainSeconds = scene.elapsed().toSeconds();
            screen.say(plain(scene));
        }
    }

    /** A line for each thing worth seeing; the charts are as wide as a terminal has room for. */
    static List<String> panel(Scene scene, int width) {
        int chart = Math.clamp(width - BESIDE_CHART, NARROWEST_CHART, WIDEST_CHART);
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  " + clock(scene.elapsed()) + "  shop   " + conditions(scene.conditions()));
        for (Scene.PodView pod : scene.pods()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-27s %-8s %s %s",
                    pod.name(),
                    pod.state(),
                    Sparkline.of(pod.liveSet(), pod.heapMax(), chart),
                    memory(pod)));
        }
        lines.add("  remediation  " + end(remediation(scene), width - 15));
        lines.add("  requests     " + traffic(scene.traffic()));
        return lines;
    }

    /** The newest phases stand at the end. */
    private static String end(String text, int width) {
        return text.length() <= width ? text : "…" + text.substring(text.length() - width + 1);
    }

    private static String plain(Scene scene) {
        String pods = scene.pods().stream()
                .map(pod -> pod.name() + " " + pod.state() + " " + memory(pod))
                .collect(Collectors.joining("; "));
        return "  " + clock(scene.elapsed()) + "  " + pods + "; " + traffic(scene.traffic()) + "; "
                + remediation(scene);
    }

    private static String conditions(List<Condition> conditions) {
        return conditions.stream()
                .map(condition -> condition.getType() + " "
                        + switch (condition.getStatus()) {
                            case "True" -> "✓";
                            case "False" -> "✗ " + condition.getReason();
                            default -> "? " + condition.getReason();
                        })
                .collect(Collectors.joining("  "));
    }

    private static String memory(Scene.PodView pod) {
        return Double.isNaN(pod.latest())
                ? "no figure yet"
                : String.format(Locale.ROOT, "%.0f of %.0f MiB", pod.latest(), pod.heapMax());
    }

    private static String remediation(Scene scene) {
        return scene.run()
                .map(run -> run.name() + "  "
                        + run.phases().stream()
                                .map(phase -> phase.name() + " " + clock(phase.at()))
                                .collect(Collectors.joining(" › "))
                        + (run.outcome() == null ? "" : " › " + run.outcome()))
                .orElse(scene.remediation() == null ? "-" : scene.remediation());
    }

    private static String traffic(Scene.Traffic traffic) {
        return String.format(
                Locale.ROOT,
                "%d/s, %,d sent, %,d failed, p99 %.1f ms",
                traffic.perSecond(),
                traffic.sent(),
                traffic.failed(),
                traffic.p99Millis());
    }

    /** Minutes and seconds. */
    static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
