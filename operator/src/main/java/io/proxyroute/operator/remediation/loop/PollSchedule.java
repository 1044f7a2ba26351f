package io.proxyroute.operator.remediation.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * When a route without an open run asks the cluster: at once when something is new, now and then while something stands,
 * and rarely otherwise. Routes that come together, as when the operator starts, spread their later looks. Used by the route's
 * ticker alone.
 */
final class PollSchedule {

    private static final int POLLS_WHILE_THE_SAME = 4;
    private static final Duration LONGEST_WHILE_THE_SAME = Duration.ofMinutes(1);
    /** How long the count of recent actions may be out of date while nothing happens. */
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(10);

    /** Where among all routes this one is, from 0 to 99. */
    private final int place;

    private Sight seen;
    private Instant seenAt;

    /**
     * What makes a look worth its requests.
     *
     * @param generation of the route
     * @param confirmed what is confirmed, in sentences that stay the same as long as it holds
     * @param detached UIDs of the pods that the Deployment does not select
     */
    record Sight(long generation, String confirmed, Set<String> detached) {

        private boolean isCalm() {
            return confirmed.isEmpty() && detached.isEmpty();
        }
    }

    PollSchedule(String routeUid) {
        place = Math.floorMod(routeUid.hashCode(), 100);
    }

    /** From the first tick, which is at once since others wait for what it finds, to the second. */
    Duration secondTick(Duration pollInterval) {
        return pollInterval.multipliedBy(place).dividedBy(100);
    }

    boolean isDue(Sight sight, Duration pollInterval, Instant now) {
        return !sight.equals(seen)
                || !seenAt.plus(sight.isCalm() ? idle() : same(pollInterval)).isAfter(now);
    }

    /** The last look found nothing to do. */
    void rest(Sight sight, Instant now) {
        seen = sight;
        seenAt = now;
    }

    /** The last look did something: the next one is due at once. */
    void goOn() {
        seen = null;
    }

    private Duration idle() {
        return LONGEST_IDLE.multipliedBy(75 + place / 4).dividedBy(100);
    }

    private static Duration same(Duration pollInterval) {
        Duration polls = pollInterval.multipliedBy(POLLS_WHILE_THE_SAME);
        return polls.compareTo(LONGEST_WHILE_THE_SAME) < 0 ? polls : LONGEST_WHILE_THE_SAME;
    }
}
