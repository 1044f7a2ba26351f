package io.proxyroute.operator.remediation.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * When a route without an open run reads the cluster: immediately after a change, periodically while a finding or a
 * detached pod remains, and rarely otherwise. Routes that start together, as when the operator starts, spread their
 * later reads. Used only by the route's loop.
 */
final class PollSchedule {

    private static final int POLLS_WHILE_UNCHANGED = 4;
    private static final Duration MAX_WHILE_UNCHANGED = Duration.ofMinutes(1);
    /** Maximum age of the count of recent actions. */
    private static final Duration MAX_IDLE = Duration.ofMinutes(10);

    /** Position of this route among all others, from 0 to 99. */
    private final int position;

    private Situation last;
    private Instant lastAt;

    /**
     * What makes reading the cluster worthwhile when it changes.
     *
     * @param generation the route's generation
     * @param confirmed messages of confirmed findings, which stay the same as long as the findings hold
     * @param detached UIDs of the pods that the Deployment does not select
     */
    record Situation(long generation, String confirmed, Set<String> detached) {

        private boolean isIdle() {
            return confirmed.isEmpty() && detached.isEmpty();
        }
    }

    PollSchedule(String routeUid) {
        position = Math.floorMod(routeUid.hashCode(), 100);
    }

    /** Delay from the first iteration, which runs immediately since others wait for its result, to the second. */
    Duration secondIteration(Duration pollInterval) {
        return pollInterval.multipliedBy(position).dividedBy(100);
    }

    boolean isDue(Situation situation, Duration pollInterval, Instant now) {
        return !situation.equals(last)
                || !lastAt.plus(situation.isIdle() ? idle() : unchanged(pollInterval))
                        .isAfter(now);
    }

    /** Records that a read found nothing to do. */
    void recordIdle(Situation situation, Instant now) {
        last = situation;
        lastAt = now;
    }

    /** The last read led to a step, so the next one is due immediately. */
    void pollImmediately() {
        last = null;
    }

    private Duration idle() {
        return MAX_IDLE.multipliedBy(75 + position / 4).dividedBy(100);
    }

    private static Duration unchanged(Duration pollInterval) {
        Duration polls = pollInterval.multipliedBy(POLLS_WHILE_UNCHANGED);
        return polls.compareTo(MAX_WHILE_UNCHANGED) < 0 ? polls : MAX_WHILE_UNCHANGED;
    }
}
