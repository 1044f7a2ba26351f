package io.proxyroute.e2e.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * Standard output of a command: permanent lines, and below them a panel that is redrawn in place. Without a terminal, as in
 * a pipe, it prints permanent lines only. A terminal gets colours unless the variable {@code NO_COLOR} is set. Thread-safe.
 */
public final class Terminal {

    private static final int DEFAULT_WIDTH = 80;
    private static final String UP_AND_CLEAR = "\033[%dA\033[J";

    private final PrintStream out;
    private final boolean interactive;
    private final boolean colored;
    private final int width;
    private int panelLines;

    Terminal(PrintStream out, boolean interactive, boolean colored, int width) {
        this.out = out;
        this.interactive = interactive;
        this.colored = colored;
        this.width = width;
    }

    /** Standard output of this process; its width comes from the variable {@code COLUMNS}. */
    public static Terminal standardOutput() {
        boolean interactive = System.console() != null && System.console().isTerminal();
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("[0-9]{2,4}") ? Integer.parseInt(columns) : DEFAULT_WIDTH;
        return new Terminal(System.out, interactive, interactive && System.getenv("NO_COLOR") == null, width);
    }

    /** Whether the output can be redrawn in place. */
    public boolean isInteractive() {
        return interactive;
    }

    /** Characters per line. */
    public int width() {
        return width;
    }

    /** Prints a permanent line. */
    public synchronized void println(String line) {
        clearPanel();
        out.println(color(line));
        out.flush();
    }

    /** Replaces the panel; lines are truncated to the width. Does nothing without a terminal. */
    public synchronized void showPanel(List<String> lines) {
        if (interactive) {
            clearPanel();
            lines.forEach(line -> out.println(color(truncate(line))));
            out.flush();
            panelLines = lines.size();
        }
    }

    private void clearPanel() {
        if (panelLines > 0) {
            out.printf(UP_AND_CLEAR, panelLines);
            panelLines = 0;
        }
    }

    private String color(String line) {
        return colored ? Colors.apply(line) : line;
    }

    /** A line that wraps takes two rows, and {@link #clearPanel} would leave one of them behind. */
    private String truncate(String line) {
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }
}
