package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One episode, as the journal holds it. Immutable; a change is a new value handed to the journal.
 *
 * @param number counts the runs of a route from 1
 * @param routeGeneration of the route's specification when it began
 * @param podUid the only pod that it may touch
 * @param podName its name
 * @param processStartedAt when the process in which it was found started; null when that was not known
 * @param startedAt when it was created, by the journal's clock
 * @param cause what was found
 * @param action the most that is done
 * @param cooldown how long the route rests afterwards
 * @param progress what changes as it goes on
 * @param version opaque; a write on an outdated one is a conflict
 */
public record Run(
        int number,
        long routeGeneration,
        String podUid,
        String podName,
        Instant processStartedAt,
        Instant startedAt,
        Cause cause,
        Action action,
        Duration cooldown,
        Progress progress,
        String version) {

    /** The most that is done. */
    public enum Action {
        OBSERVE,
        RECOMMEND,
        REPLACE
    }

    /**
     * What changes as a run goes on.
     *
     * @param state where it stands
     * @param message what happens or happened, in a sentence
     * @param evidence what was collected; null before
     * @param deepTried whether what stops the process was asked for
     * @param replacement the pod that takes over; null before it is known
     * @param actedAt when the newest eviction was asked for; null before
     * @param attempts evictions asked for
     * @param errors answers got wrong while it went away
     * @param timeline when each phase began, oldest first
     */
    public record Progress(
            State state,
            String message,
            Evidence evidence,
            boolean deepTried,
            Replacement replacement,
            Instant actedAt,
            int attempts,
            ProxyErrors errors,
            List<Step> timeline) {

        private static final int LONGEST_TIMELINE = 32;

        /** The beginning. */
        static Progress begun(Instant at, String message) {
            State first = new State.Confirm(at);
            return new Progress(
                    first,
                    message,
                    null,
                    false,
                    null,
                    null,
                    0,
                    ProxyErrors.UNKNOWN,
                    List.of(new Step(RemediationPhase.Confirm, at)));
        }

        private Progress in(State next, String words) {
            boolean deep = deepTried || next instanceof State.Capture capture && capture.deep();
            int tries = next instanceof State.Act act ? act.attempt() : attempts;
            return new Progress(next, words, evidence, deep, replacement, actedAt, tries, errors, extended(next));
        }

        private List<Step> extended(State next) {
            boolean newPhase = timeline.isEmpty() || timeline.getLast().phase() != next.phase();
            if (!newPhase) {
                return timeline;
            }
            List<Step> steps = Stream.concat(timeline.stream(), Stream.of(new Step(next.phase(), next.since())))
                    .toList();
            return steps.subList(Math.max(0, steps.size() - LONGEST_TIMELINE), steps.size());
        }

        private Progress with(Evidence collected) {
            return new Progress(state, message, collected, deepTried, replacement, actedAt, attempts, errors, timeline);
        }

        private Progress with(ProxyErrors counted) {
            return new Progress(state, message, evidence, deepTried, replacement, actedAt, attempts, counted, timeline);
        }

        private Progress acting(Instant at, Replacement by, ProxyErrors soFar) {
            ProxyErrors before = actedAt == null ? soFar : errors;
            return new Progress(state, message, evidence, deepTried, by, at, attempts, before, timeline);
        }
    }

    /**
     * The beginning of a phase.
     *
     * @param phase which
     * @param at when
     */
    public record Step(RemediationPhase phase, Instant at) {}

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

    /** Where it stands. */
    public State state() {
        return progress.state();
    }

    /** Whether it is in progress; the next one may be created only when it is not. */
    public boolean isOpen() {
        return state().phase().isOpen();
    }

    /** What happens or happened, in a sentence. */
    public String message() {
        return progress.message();
    }

    /** What was collected; null before. */
    public Evidence evidence() {
        return progress.evidence();
    }

    /** Whether what stops the process was asked for. */
    public boolean deepTried() {
        return progress.deepTried();
    }

    /** The pod that takes over; null before it is known. */
    public Replacement replacement() {
        return progress.replacement();
    }

    /** When the newest eviction was asked for; null before. */
    public Instant actedAt() {
        return progress.actedAt();
    }

    /**
     * When the pod was touched: its newest eviction was asked for, or before that it was detached. Once for a run, however
     * it ends; empty while nothing was done.
     */
    Optional<Instant> touchedAt() {
        return actedAt() != null
                ? Optional.of(actedAt())
                : progress.timeline().reversed().stream()
                        .filter(step -> step.phase() == RemediationPhase.Prepare)
                        .map(Step::at)
                        .findFirst();
    }

    /** Answers got wrong while it went away. */
    public ProxyErrors errors() {
        return progress.errors();
    }

    /** This run in another state. */
    Run in(State next, String message) {
        return progressed(progress.in(next, message));
    }

    Run with(Evidence collected) {
        return progressed(progress.with(collected));
    }

    Run acting(Instant at, Replacement by, ProxyErrors soFar) {
        return progressed(progress.acting(at, by, soFar));
    }

    Run with(ProxyErrors counted) {
        return progressed(progress.with(counted));
    }

    Run resting(Duration pause) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                processStartedAt,
                startedAt,
                cause,
                action,
                pause,
                progress,
                version);
    }

    /** The same content under the version that the journal gave it. */
    public Run version(String written) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                processStartedAt,
                startedAt,
                cause,
                action,
                cooldown,
                progress,
                written);
    }

    private Run progressed(Progress next) {
        return new Run(
                number,
                routeGeneration,
                podUid,
                podName,
                processStartedAt,
                startedAt,
                cause,
                action,
                cooldown,
                next,
                version);
    }
}
