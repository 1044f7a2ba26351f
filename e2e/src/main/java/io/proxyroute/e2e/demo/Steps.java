package io.proxyroute.e2e.demo;

import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says of every step what it is, how long it has taken, and how it ended. */
final class Steps {

    private final Screen screen;

    Steps(Screen screen) {
        this.screen = screen;
    }

    /** Runs a step. */
    void run(String name, String detail, Runnable work) {
        get(name, detail, () -> {
            work.run();
            return null;
        });
    }

    /** Runs a step that gives something. */
    <T> T get(String name, String detail, Supplier<T> work) {
        long start = System.nanoTime();
        try (ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor()) {
            ticker.scheduleAtFixedRate(
                    () -> screen.transientLine(line("…", name, start, detail)), 0, 500, TimeUnit.MILLISECONDS);
            try {
                T result = work.get();
                ticker.shutdownNow();
                ticker.close();
                screen.say(line("✓", name, start, detail));
                return result;
            } catch (RuntimeException e) {
                ticker.shutdownNow();
                ticker.close();
                screen.say(line("✗", name, start, detail));
                throw e;
            }
        }
    }

    private static String line(String mark, String name, long start, String detail) {
        return String.format(
                Locale.ROOT, "  %s %-28s %6.1f s  %s", mark, name, (System.nanoTime() - start) / 1e9, detail);
    }
}
