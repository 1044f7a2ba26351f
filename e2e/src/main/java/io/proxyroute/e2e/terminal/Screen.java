package io.proxyroute.e2e.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * The terminal: lines that stay, and below them a panel that is drawn anew. Where standard output is no terminal, lines
 * only. Thread-safe.
 */
public final class Screen {

    private static final int USUAL_WIDTH = 80;
    private static final String UP_AND_CLEAR = "\033[%dA\033[J";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private int panelLines;

    Screen(PrintStream out, boolean terminal, int width) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
    }

    /** The process' standard output, as wide as the variable {@code COLUMNS} says. */
    public static Screen standard() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("[0-9]{2,4}") ? Integer.parseInt(columns) : USUAL_WIDTH;
        return new Screen(System.out, terminal, width);
    }

    /** Whether lines can be overwritten. */
    public boolean isTerminal() {
        return terminal;
    }

    /** Characters in a line. */
    public int width() {
        return width;
    }

    /** A line that stays. */
    public synchronized void say(String line) {
        clearPanel();
        out.println(line);
        out.flush();
    }

    /** Lines that the next ones overwrite, each cut to the width; nothing where that cannot be. */
    public synchronized void panel(List<String> lines) {
        if (terminal) {
            clearPanel();
            lines.forEach(line -> out.println(fit(line)));
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

    /** A line that the terminal breaks would be two, and clearing would leave one of them. */
    private String fit(String line) {
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }
}
