package io.proxyroute.examples;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Selects one in {@code every} calls, which controls how fast a filter leaks. Thread-safe. */
public final class CallSampler {

    private final int every;
    private final AtomicLong calls = new AtomicLong();

    private CallSampler(int every) {
        this.every = every;
    }

    /**
     * Reads the option {@code every}; by default, every call is due.
     *
     * @throws IllegalArgumentException the option is not a positive integer
     */
    public static CallSampler of(Map<String, String> config) {
        return new CallSampler(Options.positive(config, "every", 1));
    }

    /** Counts a call, and returns whether the filter should act on it. */
    public boolean isDue() {
        return calls.getAndIncrement() % every == 0;
    }
}
