package io.proxyroute.proxy.pool;

import java.util.concurrent.TimeUnit;

/**
 * Passive health of one endpoint, over all event loops. Thread-safe; costs a volatile read while the endpoint is healthy.
 *
 * <ol>
 *   <li>A failed connect ejects the endpoint for {@value #BASE_SECONDS} s, twice as long for each further failure, up to
 *       {@value #MAX_SECONDS} s. {@value #MAX_REQUEST_FAILURES} requests in a row without a response do the same.
 *   <li>After that, one acquire a second may try it.
 *   <li>If that succeeds, the endpoint returns slowly: its share grows over {@value #RETURN_SECONDS} s.
 * </ol>
 *
 * An ejected endpoint is used only if all endpoints of the backend are ejected.
 */
final class EndpointHealth {

    private static final int BASE_SECONDS = 1;
    private static final int MAX_SECONDS = 30;
    private static final int MAX_REQUEST_FAILURES = 5;
    private static final int RETURN_SECONDS = 10;
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(RETURN_SECONDS);
    private static final int TURNS = 16;

    private enum State {
        HEALTHY,
        EJECTED,
        RETURNING
    }

    private volatile State state = State.HEALTHY;
    private int ejections;
    private volatile int requestFailures;
    private long ejectedUntilNanos;
    private long returningSinceNanos;
    private boolean probing;
    private int turn;

    /** Whether it may be used now. An answer of true uses up a turn of an endpoint that is not healthy. */
    boolean isAvailable(long nowNanos) {
        return state == State.HEALTHY || takeTurn(nowNanos);
    }

    private synchronized boolean takeTurn(long nowNanos) {
        switch (state) {
            case HEALTHY -> {
                return true;
            }
            case EJECTED -> {
                if (nowNanos - ejectedUntilNanos < 0) {
                    return false;
                }
                probing = true;
                ejectedUntilNanos = nowNanos + PROBE_NANOS;
                return true;
            }
            case RETURNING -> {
                long elapsed = nowNanos - returningSinceNanos;
                if (elapsed >= RETURN_NANOS) {
                    state = State.HEALTHY;
                    ejections = 0;
                    return true;
                }
                turn = (turn + 1) % TURNS;
                return turn < 1 + (TURNS - 1) * elapsed / RETURN_NANOS;
            }
        }
        throw new AssertionError(state);
    }

    /** Whether it is ejected. Takes no turn. */
    boolean isEjected() {
        return state == State.EJECTED;
    }

    /** A connection could not be opened. */
    synchronized void connectFailed(long nowNanos) {
        if (state == State.EJECTED && !probing) {
            return; // one of several attempts that were in progress
        }
        probing = false;
        long seconds = Math.min(MAX_SECONDS, (long) BASE_SECONDS << Math.min(ejections, 16));
        ejections++;
        requestFailures = 0;
        state = State.EJECTED;
        ejectedUntilNanos = nowNanos + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** A request on a new connection, or the first on it, got no response. */
    void requestFailed(long nowNanos) {
        synchronized (this) {
            requestFailures++;
            if (requestFailures < MAX_REQUEST_FAILURES) {
                return;
            }
        }
        connectFailed(nowNanos);
    }

    /** A response has started. */
    void responded(long nowNanos) {
        if (state == State.HEALTHY && requestFailures == 0) {
            return;
        }
        synchronized (this) {
            requestFailures = 0;
            if (state == State.EJECTED) {
                state = State.RETURNING;
                probing = false;
                returningSinceNanos = nowNanos;
                turn = 0;
            }
        }
    }
}
