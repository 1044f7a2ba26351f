package io.proxyroute.operator.push;

import io.proxyroute.operator.pace.Backoff;
import java.time.Duration;
import java.time.Instant;

/**
 * Pauses between pushes of the same target to one process. A process that is unreachable may return at any moment, so it is
 * tried again soon. One that rejects the document, or answers something else than what was asked, changes its mind rarely
 * if at all. Not thread-safe.
 */
final class PushPacing {

    /** A process that serves its target for this long is trusted again. */
    private static final Duration QUIET = Duration.ofSeconds(30);

    /** Never started, so it is always over. */
    private static final Backoff NONE = new Backoff(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private Backoff unreachable = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), QUIET);
    private Backoff contradicting = new Backoff(Duration.ofMillis(100), Duration.ofMinutes(1), QUIET);
    private Backoff rejecting = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(5), QUIET);
    private Backoff current = NONE;
    private Acknowledgement last;

    /**
     * Records the result of a push. A process that serves its target is pushed to again only if it loses it; the pause then limits
     * how often that happens.
     *
     * @param repeated whether the same target was pushed before; the pauses of a new one start from the first
     */
    void pushed(Acknowledgement result, boolean repeated, Instant now) {
        if (!repeated) {
            reset();
        }
        switch (result) {
            case Acknowledgement.Unreachable _ -> pause(unreachable, now);
            case Acknowledgement.Accepted _, Acknowledgement.Superseded _ -> pause(contradicting, now);
            case Acknowledgement.Rejected rejected -> {
                // Right after a rejection, the process gets the endpoints for the document that it keeps.
                boolean endpointsAreNext = rejected.serving() == null && !(last instanceof Acknowledgement.Rejected);
                if (endpointsAreNext) {
                    current = NONE;
                } else if (rejecting.isOver(now)) {
                    pause(rejecting, now);
                } else {
                    current = rejecting;
                }
            }
        }
        last = result;
    }

    private void reset() {
        PushPacing fresh = new PushPacing();
        unreachable = fresh.unreachable;
        contradicting = fresh.contradicting;
        rejecting = fresh.rejecting;
    }

    private void pause(Backoff backoff, Instant now) {
        current = backoff;
        backoff.start(now);
    }

    /** Time until the same target may be pushed again. */
    Duration left(Instant now) {
        return current.left(now);
    }
}
