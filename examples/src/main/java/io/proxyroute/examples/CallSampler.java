package io.proxyroute.examples;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one call in {@code every} through, so that a demonstration can set how fast a filter leaks. Thread-safe. */
public final class CallSampler {

    private final int every;
    private final AtomicLong calls = new AtomicLong();

    private CallSampler(int every) {
        this.every = every;
    }

    /**
     * By the option {@code every}; without it every call is due.
     *
     * @throws IllegalArgumentException the option is not a number of at least 1
     */
    public static CallSampler of(Map<String, String> config) {
        return new CallSampler(Options.positive(config, "every", 1));
    }

    /** Whether this call is one that works. */
    public boolean isDue() {
        return calls.getAndIncrement() % every == 0;
    }
}
