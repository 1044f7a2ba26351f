package io.proxyroute.e2e.terminal;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs the steps of a command and reports the name, duration and result of each. Thread-safe. */
public final class StepReporter {

    private static final long INTERACTIVE_INTERVAL_MILLIS = 500;
    private static final long PLAIN_INTERVAL_MILLIS = 15_000;

    private final Terminal terminal;

    /** Reports to a terminal. */
    public StepReporter(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints a line between steps. */
    public void println(String line) {
        terminal.println(line);
    }

    /** Runs a step. */
    public void run(String name, String detail, Runnable work) {
        call(name, detail, () -> {
            work.run();
            return null;
        });
    }

    /** Runs a step and returns its result. */
    public <T> T call(String name, String detail, Supplier<T> work) {
        long startNanos = System.nanoTime();
        boolean succeeded = false;
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        try {
            scheduleProgress(ticker, () -> line("…", name, startNanos, detail));
            T result = work.get();
            succeeded = true;
            return result;
        } finally {
            ticker.shutdownNow();
            ticker.close();
            terminal.println(line(succeeded ? "✓" : "✗", name, startNanos, detail));
        }
    }

    /** Shows progress until the step ends: one line updated in place, or without a terminal a new line every 15 s. */
    private void scheduleProgress(ScheduledExecutorService ticker, Supplier<String> line) {
        if (terminal.isInteractive()) {
            ticker.scheduleAtFixedRate(
                    () -> terminal.showPanel(List.of(line.get())),
                    0,
                    INTERACTIVE_INTERVAL_MILLIS,
                    TimeUnit.MILLISECONDS);
        } else {
            ticker.scheduleAtFixedRate(
                    () -> terminal.println(line.get()),
                    PLAIN_INTERVAL_MILLIS,
                    PLAIN_INTERVAL_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static String line(String mark, String name, long startNanos, String detail) {
        return String.format(
                Locale.ROOT, "  %s %-28s %6.1f s  %s", mark, name, (System.nanoTime() - startNanos) / 1e9, detail);
    }
}
