package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The terminal: lines that stay, and below them a panel that is drawn anew every second. Where standard output is no
 * terminal, lines only, with one about the state of things every ten seconds. Thread-safe.
 */
final class Screen {

    private static final int CHART_WIDTH = 44;
    private static final int PLAIN_INTERVAL_SECONDS = 10;
    private static final String UP_AND_CLEAR = "\033[%dA\033[J";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private int panelLines;
    private long plainSeconds = -PLAIN_INTERVAL_SECONDS;

    Screen(PrintStream out, boolean terminal, int width) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
    }

    /** The process' standard output. */
    static Screen standard() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("[0-9]{2,4}") ? Integer.parseInt(columns) : 110;
        return new Screen(System.out, terminal, width);
    }

    /** Whether lines can be overwritten. */
    boolean isTerminal() {
        return terminal;
    }

    /** A line that stays. */
    synchronized void say(String line) {
        clearPanel();
        out.println(line);
        out.flush();
    }

    /** A line that the next one overwrites; nothing where that cannot be. */
    synchronized void transientLine(String line) {
        if (terminal) {
            clearPanel();
            out.println(fit(line));
            out.flush();
            panelLines = 1;
        }
    }

    /** Shows the state of things. */
    synchronized void show(Scene scene) {
        if (terminal) {
            List<String> panel = panel(scene);
            clearPanel();
            panel.forEach(line -> out.println(fit(line)));
            out.flush();
            panelLines = panel.size();
        } else if (scene.elapsed().toSeconds() - plainSeconds >= PLAIN_INTERVAL_SECONDS) {
            plainSeconds = scene.elapsed().toSeconds();
            out.println(plain(scene));
            out.flush();
        }
    }

    private void clearPanel() {
        if (panelLines > 0) {
            out.printf(UP_AND_CLEAR, panelLines);
            panelLines = 0;
        }
    }

    private String fit(String line) {
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }

    private static List<String> panel(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  " + clock(scene.elapsed()) + "  shop   " + conditions(scene.conditions()));
        for (Scene.PodView pod : scene.pods()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-26s %-9s %s %s",
                    pod.name(),
                    pod.state(),
                    Sparkline.of(pod.liveSet(), pod.heapMax(), CHART_WIDTH),
                    memory(pod)));
        }
        lines.add("  remediation  " + remediation(scene));
        lines.add("  requests     " + traffic(scene.traffic()));
        return lines;
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
                ? "live set not measured yet"
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
