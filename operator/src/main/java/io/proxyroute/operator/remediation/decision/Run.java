package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One run of remediation, as stored in the journal. Immutable; a change is a new value that is written to the journal.
 *
 * @param number counts the runs of a route from 1
 * @param plan fixed when the run is created
 * @param progress updated in every step
 * @param version opaque; a write with an outdated one is a conflict
 */
public record Run(int number, Plan plan, Progress progress, String version) {

    /** The strongest action of a run, weakest first. */
    public enum Action {
        OBSERVE,
        RECOMMEND,
        REPLACE
    }

    /**
     * What the run is for.
     *
     * @param routeGeneration generation of the route's specification when the run was created
     * @param target the only pod that the run may touch
     * @param startedAt when the run was created, by the journal's clock
     * @param cause what was found
     * @param action the strongest action that the run may take
     * @param cooldown pause of the route afterwards
     */
    public record Plan(
            long routeGeneration, Target target, Instant startedAt, Cause cause, Action action, Duration cooldown) {

        private Plan withCooldown(Duration newCooldown) {
            return new Plan(routeGeneration, target, startedAt, cause, action, newCooldown);
        }
    }

    /**
     * The pod of a run.
     *
     * @param podUid its UID
     * @param podName its name
     * @param processStartedAt start of the process with the finding; null if unknown
     */
    public record Target(String podUid, String podName, Instant processStartedAt) {}

    /**
     * What changes from step to step.
     *
     * @param state current state
     * @param message what happens or happened, one sentence
     * @param evidence what was collected; null before
     * @param deepTried whether diagnostics that pause the process were requested
     * @param replacement the pod that replaces the target; null while unknown
     * @param eviction requests so far
     * @param timeline start of each phase, oldest first
     */
    public record Progress(
            State state,
            String message,
            Evidence evidence,
            boolean deepTried,
            Replacement replacement,
            Eviction eviction,
            List<Step> timeline) {

        private static final int MAX_TIMELINE = 32;

        public Progress {
            timeline = List.copyOf(timeline);
        }

        /** A run that has just been created. */
        public static Progress started(Instant at, String message) {
            return new Progress(
                    new State.Confirm(at),
                    message,
                    null,
                    false,
                    null,
                    Eviction.NONE,
                    List.of(new Step(RemediationPhase.Confirm, at)));
        }

        private Progress advanced(State next, String newMessage) {
            boolean deep = deepTried || next instanceof State.Capture capture && capture.deep();
            int attempts = next instanceof State.Act act ? act.attempt() : eviction.attempts();
            return new Progress(
                    next, newMessage, evidence, deep, replacement, eviction.withAttempts(attempts), extended(next));
        }

        private List<Step> extended(State next) {
            boolean newPhase = timeline.isEmpty() || timeline.getLast().phase() != next.phase();
            if (!newPhase) {
                return timeline;
            }
            List<Step> steps = Stream.concat(timeline.stream(), Stream.of(new Step(next.phase(), next.since())))
                    .toList();
            return steps.subList(Math.max(0, steps.size() - MAX_TIMELINE), steps.size());
        }

        private Progress withEvidence(Evidence collected) {
            return new Progress(state, message, collected, deepTried, replacement, eviction, timeline);
        }

        private Progress withEviction(Replacement by, Eviction newEviction) {
            return new Progress(state, message, evidence, deepTried, by, newEviction, timeline);
        }
    }

    /**
     * Requests to evict the pod.
     *
     * @param attempts sent so far
     * @param lastAt when the newest was sent; null before the first
     * @param errors responses that proxies lost during the eviction
     */
    public record Eviction(int attempts, Instant lastAt, ProxyErrors errors) {

        /** No request was sent. */
        public static final Eviction NONE = new Eviction(0, null, ProxyErrors.UNKNOWN);

        private Eviction withAttempts(int newAttempts) {
            return new Eviction(newAttempts, lastAt, errors);
        }

        private Eviction withErrors(ProxyErrors newErrors) {
            return new Eviction(attempts, lastAt, newErrors);
        }
    }

    /**
     * Start of a phase.
     *
     * @param phase phase that started
     * @param at when it started
     */
    public record Step(RemediationPhase phase, Instant at) {}

    /**
     * What was collected.
     *
     * @param summary summary, at most 8 KiB
     * @param report path of the full report; null if it could not be written
     */
    public record Evidence(String summary, String report) {}

    /**
     * The pod that replaces the target.
     *
     * @param podUid its UID
     * @param podName its name
     */
    public record Replacement(String podUid, String podName) {}

    /** Generation of the route's specification when the run was created. */
    public long routeGeneration() {
        return plan.routeGeneration();
    }

    /** UID of the pod. */
    public String podUid() {
        return plan.target().podUid();
    }

    /** Name of the pod. */
    public String podName() {
        return plan.target().podName();
    }

    /** Start of the process with the finding; null if unknown. */
    public Instant processStartedAt() {
        return plan.target().processStartedAt();
    }

    /** When the run was created. */
    public Instant startedAt() {
        return plan.startedAt();
    }

    /** What was found. */
    public Cause cause() {
        return plan.cause();
    }

    /** The strongest action that the run may take. */
    public Action action() {
        return plan.action();
    }

    /** Pause of the route afterwards. */
    public Duration cooldown() {
        return plan.cooldown();
    }

    /** The current state. */
    public State state() {
        return progress.state();
    }

    /** Whether it is in progress; the next run may be created only when it is not. */
    public boolean isOpen() {
        return state().phase().isOpen();
    }

    /** What happens or happened, one sentence. */
    public String message() {
        return progress.message();
    }

    /** What was collected; null before. */
    public Evidence evidence() {
        return progress.evidence();
    }

    /** Whether diagnostics that pause the process were requested. */
    public boolean deepTried() {
        return progress.deepTried();
    }

    /** The pod that replaces the target; null while unknown. */
    public Replacement replacement() {
        return progress.replacement();
    }

    /** When the newest eviction was requested; null before the first. */
    public Instant actedAt() {
        return progress.eviction().lastAt();
    }

    /** Responses that proxies lost during the eviction. */
    public ProxyErrors errors() {
        return progress.eviction().errors();
    }

    /**
     * When the pod was touched: the time of its newest eviction, or else of its detachment. One per run, however it
     * ends; empty if the pod was not touched.
     */
    Optional<Instant> touchedAt() {
        return actedAt() != null
                ? Optional.of(actedAt())
                : progress.timeline().reversed().stream()
                        .filter(step -> step.phase() == RemediationPhase.Prepare)
                        .map(Step::at)
                        .findFirst();
    }

    /** This run in its next state. */
    Run advanced(State next, String message) {
        return withProgress(progress.advanced(next, message));
    }

    Run withEvidence(Evidence collected) {
        return withProgress(progress.withEvidence(collected));
    }

    /** With one more eviction; errors are counted from the first one. */
    Run withEviction(Instant at, Replacement by, ProxyErrors errorsBefore) {
        Eviction eviction = progress.eviction();
        ProxyErrors errors = eviction.lastAt() == null ? errorsBefore : eviction.errors();
        return withProgress(progress.withEviction(by, new Eviction(eviction.attempts(), at, errors)));
    }

    Run withErrors(ProxyErrors counted) {
        return withProgress(
                progress.withEviction(replacement(), progress.eviction().withErrors(counted)));
    }

    Run withCooldown(Duration cooldown) {
        return new Run(number, plan.withCooldown(cooldown), progress, version);
    }

    /** The same run under another number. */
    public Run withNumber(int other) {
        return new Run(other, plan, progress, version);
    }

    /** The same content under the version that the journal gave it. */
    public Run withVersion(String written) {
        return new Run(number, plan, progress, written);
    }

    private Run withProgress(Progress next) {
        return new Run(number, plan, next, version);
    }
}
