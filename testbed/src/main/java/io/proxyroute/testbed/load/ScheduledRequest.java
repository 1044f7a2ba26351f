package io.proxyroute.testbed.load;

/** A request of the schedule and whether it has ended. Confined to the run's event loop. */
final class ScheduledRequest {

    final long id;
    final long scheduledNanos;
    private boolean ended;

    ScheduledRequest(long id, long scheduledNanos) {
        this.id = id;
        this.scheduledNanos = scheduledNanos;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Marks the request as ended; returns true only the first time, so that each request is counted once. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }
}
