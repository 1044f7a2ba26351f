package io.proxyroute.operator.remediation.decision;

import java.time.Duration;
import java.time.Instant;

/**
 * One episode, as the journal holds it. Immutable; a change is a new value handed to the journal.
 *
 * @param number counts the runs of a route from 1
 * @param routeGeneration of the route's specification when it began
 * @param podUid the only pod that it may touch
 * @param podName its name
 * @param startedAt when it was created
 * @param cause what was found
 * @param action the most that is done
 * @param state where it stands
 * @param message what happens or happened, in a sentence
 * @param evidence what was collected; null before
 * @param deepTried whether what stops the process was asked for
 * @param replacement the pod that takes over; null before it is known
 * @param actedAt when the newest eviction was asked for; null before
 * @param errorsBefore answers that the other pods had got wrong when the eviction was asked for; -1 when unknown
 * @param cooldown how long the route rests afterwards
 * @param version opaque; a write on an outdated one is a conflict
 */
public record Run(
        int number,
        long routeGeneration,
        String podUid,
        String podName,
        Instant startedAt,
        Cause cause,
        Action action,
        State state,
        String message,
        Evidence evidence,
        boolean deepTried,
        Replacement replacement,
        Instant actedAt,
        long errorsBefore,
        Duration cooldown,
        String version) {

    /** The most that is done. */
    public enum Action {
        OBSERVE,
        RECOMMEND,
        REPLACE
    }

    /**
     * What was collected.
     *
     * @param verdict at most 8 KiB
     * @param report where the whole lies; null when it could not be written
     */
    public record Evidence(String verdict, String report) {}

    /**
     * The pod that takes over.
     *
     * @param podUid its UID
     * @param podName its name
     */
    public record Replacement(String podUid, String podName) {}

    /** This run in another state. */
    Run in(State next, String nextMessage) {
        boolean deep = deepTried || next instanceof State.Capture(Instant _, boolean isDeep) && isDeep;
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                startedAt,
                cause,
                action,
                next,
                nextMessage,
                evidence,
                deep,
                replacement,
                actedAt,
                errorsBefore,
                cooldown,
                version);
    }

    Run with(Evidence collected) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                startedAt,
                cause,
                action,
                state,
                message,
                collected,
                deepTried,
                replacement,
                actedAt,
                errorsBefore,
                cooldown,
                version);
    }

    Run acting(Instant at, Replacement by, long errors) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                startedAt,
                cause,
                action,
                state,
                message,
                evidence,
                deepTried,
                by,
                at,
                actedAt == null ? errors : errorsBefore,
                cooldown,
                version);
    }

    Run resting(Duration pause) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                startedAt,
                cause,
                action,
                state,
                message,
                evidence,
                deepTried,
                replacement,
                actedAt,
                errorsBefore,
                pause,
                version);
    }

    /** The same content under the version that the journal gave it. */
    public Run version(String written) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                startedAt,
                cause,
                action,
                state,
                message,
                evidence,
                deepTried,
                replacement,
                actedAt,
                errorsBefore,
                cooldown,
                written);
    }
}
