package io.proxyroute.proxy.http;

/** The current {@link ServingState}: replaced atomically, read by every loop. Thread-safe. */
final class CurrentState {

    private volatile ServingState serving;
    private volatile boolean draining;

    /** The current state; null before the first document. */
    ServingState serving() {
        return serving;
    }

    /** Replaces the state and returns the previous one; null if there was none. */
    ServingState replace(ServingState next) {
        ServingState before = serving;
        serving = next;
        return before;
    }

    /** Whether the proxy is draining, so connections close with their next response. */
    boolean isDraining() {
        return draining;
    }

    /** Starts the drain. Cannot be undone. */
    void drain() {
        draining = true;
    }
}
