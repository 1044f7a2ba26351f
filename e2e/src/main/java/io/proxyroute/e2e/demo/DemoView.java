package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Shows snapshots: as a panel in a terminal, otherwise as one line every ten seconds. Confined to the scenario's thread.
 */
final class DemoView {

    private static final int MAX_CHART_WIDTH = 44;
    private static final int MIN_CHART_WIDTH = 8;
    /** Width of the rest of a pod's line: margin, name, state, memory and the spaces between them. */
    private static final int WIDTH_WITHOUT_CHART = 2 + 27 + 1 + 11 + 1 + 1 + 14;

    private static final int PLAIN_INTERVAL_SECONDS = 10;

    private final Terminal terminal;
    private long lastPlainSeconds = -PLAIN_INTERVAL_SECONDS;

    DemoView(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Shows a snapshot. */
    void show(ClusterSnapshot snapshot) {
        if (terminal.isInteractive()) {
            terminal.showPanel(panel(snapshot, terminal.width()));
        } else if (snapshot.elapsed().toSeconds() - lastPlainSeconds >= PLAIN_INTERVAL_SECONDS) {
            lastPlainSeconds = snapshot.elapsed().toSeconds();
            terminal.println(plainLine(snapshot));
        }
    }

    /** The lines of the panel; charts use the width that is left. */
    static List<String> panel(ClusterSnapshot snapshot, int width) {
        int chartWidth = Math.clamp(width - WIDTH_WITHOUT_CHART, MIN_CHART_WIDTH, MAX_CHART_WIDTH);
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  " + clock(snapshot.elapsed()) + "  shop   " + conditions(snapshot.conditions()));
        for (ClusterSnapshot.PodState pod : snapshot.pods()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-27s %-11s %s %s",
                    pod.name(),
                    pod.state(),
                    Sparkline.of(pod.liveSet(), pod.heapMax(), chartWidth),
                    memory(pod)));
        }
        lines.add("  remediation  " + truncateStart(remediation(snapshot), width - 15));
        lines.add("  requests     " + traffic(snapshot.traffic()));
        return lines;
    }

    /** Cuts from the start, since the newest phases are at the end. */
    private static String truncateStart(String text, int width) {
        return text.length() <= width ? text : "…" + text.substring(text.length() - width + 1);
    }

    private static String plainLine(ClusterSnapshot snapshot) {
        String pods = snapshot.pods().stream()
                .map(pod -> pod.name() + " " + pod.state() + " " + memory(pod))
                .collect(Collectors.joining("; "));
        return "  " + clock(snapshot.elapsed()) + "  " + pods + "; " + traffic(snapshot.traffic()) + "; "
                + remediation(snapshot);
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

    private static String memory(ClusterSnapshot.PodState pod) {
        return Double.isNaN(pod.latestLiveSet())
                ? "no sample yet"
                : String.format(Locale.ROOT, "%.0f of %.0f MiB", pod.latestLiveSet(), pod.heapMax());
    }

    private static String remediation(ClusterSnapshot snapshot) {
        return snapshot.run()
                .map(run -> run.name() + "  "
                        + run.phases().stream()
                                .map(start -> start.phase() + " " + clock(start.at()))
                                .collect(Collectors.joining(" › "))
                        + (run.outcome() == null ? "" : " › " + run.outcome()))
                .orElse(
                        snapshot.remediation() == null
                                ? "-"
                                : snapshot.remediation().toString());
    }

    private static String traffic(ClusterSnapshot.TrafficStats traffic) {
        return String.format(
                Locale.ROOT,
                "%d/s, %,d sent, %,d failed, p99 %.1f ms",
                traffic.perSecond(),
                traffic.sent(),
                traffic.failed(),
                traffic.p99Millis());
    }

    /** Formats a time as minutes and seconds. */
    static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
