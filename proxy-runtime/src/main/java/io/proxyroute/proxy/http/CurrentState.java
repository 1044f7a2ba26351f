package io.proxyroute.proxy.http;

/** What is served now: swapped as a whole, read by every loop. Thread-safe. */
final class CurrentState {

    private volatile ServingState serving;
    private volatile boolean draining;

    /** The document in force; null before the first. */
    ServingState serving() {
        return serving;
    }

    /** Puts another document into force; returns the one before. */
    ServingState replace(ServingState next) {
        ServingState before = serving;
        serving = next;
        return before;
    }

    /** Whether the process is about to end, so that connections close with their next response. */
    boolean isDraining() {
        return draining;
    }

    /** Starts the drain. Cannot be undone. */
    void drain() {
        draining = true;
    }
}
