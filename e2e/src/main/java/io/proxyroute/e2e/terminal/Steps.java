package io.proxyroute.e2e.terminal;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says of every step what it is, how long it has taken, and how it ended. Thread-safe. */
public final class Steps {

    private static final long TERMINAL_MILLIS = 500;
    private static final long PLAIN_MILLIS = 15_000;

    private final Screen screen;

    /** Tells it on a screen. */
    public Steps(Screen screen) {
        this.screen = screen;
    }

    /** A line between steps. */
    public void say(String line) {
        screen.say(line);
    }

    /** Runs a step. */
    public void run(String name, String detail, Runnable work) {
        get(name, detail, () -> {
            work.run();
            return null;
        });
    }

    /** Runs a step that gives something. */
    public <T> T get(String name, String detail, Supplier<T> work) {
        long start = System.nanoTime();
        boolean done = false;
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        try {
            tell(ticker, () -> line("…", name, start, detail));
            T result = work.get();
            done = true;
            return result;
        } finally {
            ticker.shutdownNow();
            ticker.close();
            screen.say(line(done ? "✓" : "✗", name, start, detail));
        }
    }

    /** While it lasts: one line that changes on a terminal, elsewhere a line now and then. */
    private void tell(ScheduledExecutorService ticker, Supplier<String> line) {
        if (screen.isTerminal()) {
            ticker.scheduleAtFixedRate(
                    () -> screen.panel(List.of(line.get())), 0, TERMINAL_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            ticker.scheduleAtFixedRate(() -> screen.say(line.get()), PLAIN_MILLIS, PLAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static String line(String mark, String name, long start, String detail) {
        return String.format(
                Locale.ROOT, "  %s %-28s %6.1f s  %s", mark, name, (System.nanoTime() - start) / 1e9, detail);
    }
}
