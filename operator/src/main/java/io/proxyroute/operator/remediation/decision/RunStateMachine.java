package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Transition.Advance;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import io.proxyroute.operator.remediation.decision.Transition.Redo;
import io.proxyroute.operator.remediation.decision.Transition.Wait;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Durations;
import io.proxyroute.operator.remediation.detection.Finding;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * The next transition of an open run. A pure function of what was just read, so a replay after a crash gives the same
 * result. Phases before the pod is touched are decided here; {@link PodReplacement} and {@link Verification} decide the
 * others.
 *
 * @param run the open run
 * @param input input of this tick
 */
record RunStateMachine(Run run, TickInput input) {

    private static final int INEFFECTIVE_TO_ESCALATE = 3;

    Transition next() {
        return switch (run.state()) {
            case State.Confirm _ -> disallowed().orElseGet(this::confirm);
            case State.Capture capture ->
                capture.deep() ? replacement().act() : disallowed().orElseGet(this::capture);
            case State.Prepare _ -> replacement().prepare();
            case State.Act act -> replacement().act(act);
            case State.Verify verify -> new Verification(run, input).next(verify);
            case State.Cooldown cooldown -> cooldown(cooldown);
            case State.Paused paused -> paused(paused);
            case State.Escalated _, State.Done _ -> new Wait("the run has ended");
        };
    }

    PodReplacement replacement() {
        return new PodReplacement(run, input);
    }

    /** Time for collecting evidence: at most until the pod must be replaced, but always enough for one attempt. */
    Duration captureTimeout() {
        Diagnosis diagnosis = input.observation().diagnoses().get(run.podUid());
        Duration max = input.settings().captureTimeout();
        if (diagnosis == null) {
            return max;
        }
        return diagnosis.findings().stream()
                .filter(Finding.Leak.class::isInstance)
                .map(f -> Duration.between(
                        input.now(), ((Finding.Leak) f).evidence().actBy()))
                .min(Comparator.naturalOrder())
                .map(left -> Durations.max(max.dividedBy(3), Durations.min(left, max)))
                .orElse(max);
    }

    /** Ends a run that has touched nothing yet, if the mode no longer allows its action. */
    private Optional<Transition> disallowed() {
        Mode mode = input.fleet().mode();
        boolean allowed =
                switch (run.action()) {
                    case OBSERVE -> true;
                    case RECOMMEND -> mode == Mode.RECOMMEND || mode == Mode.AUTO;
                    case REPLACE -> mode == Mode.AUTO;
                };
        return allowed
                ? Optional.empty()
                : Optional.of(done(Outcome.ABORTED, "Aborted: spec.remediation.mode no longer allows it."));
    }

    private Transition confirm() {
        return switch (run.action()) {
            case OBSERVE -> done(Outcome.OBSERVED, "Observed: " + run.cause().message() + ".");
            case RECOMMEND -> collect();
            case REPLACE ->
                Guard.blockedNow(input)
                        .map(reason -> Transition.pause(input.now(), RemediationPhase.Confirm, reason))
                        .orElseGet(this::collect);
        };
    }

    private Transition collect() {
        return new Advance(
                new State.Capture(input.now(), false),
                "Collecting evidence: " + run.cause().message() + ".",
                Effect.COLLECT);
    }

    /** A capture without evidence at the start of a tick was interrupted; it is retried once, then skipped. */
    private Transition capture() {
        return run.evidence() == null ? new Redo(Effect.COLLECT) : afterCapture();
    }

    private Transition afterCapture() {
        if (run.action() == Run.Action.RECOMMEND) {
            return done(
                    Outcome.RECOMMENDED,
                    "Would detach %s, wait until its replacement is ready and warm, and evict it: %s."
                            .formatted(run.podName(), run.cause().message()));
        }
        if (input.fleet().activePod(run.podUid()).isEmpty()) {
            return done(Outcome.GONE, "%s disappeared without an eviction.".formatted(run.podName()));
        }
        if (Recurrence.timesIneffective(run, input.runs(), input.settings()) >= INEFFECTIVE_TO_ESCALATE) {
            return new Advance(
                    new State.Escalated(input.now()),
                    "Replaced %d times without effect, so the cause is not in the pod: %s. Fix the filters or the configuration, or delete this run."
                            .formatted(INEFFECTIVE_TO_ESCALATE, run.cause().message()),
                    Effect.NONE);
        }
        Optional<String> blocked = Guard.blockedNow(input);
        if (blocked.isPresent()) {
            return Transition.pause(input.now(), RemediationPhase.Capture, blocked.get());
        }
        Optional<String> unknown = Guard.findingUnknown(run, input);
        if (unknown.isPresent() && input.now().isBefore(replacement().deadline())) {
            return new Wait(unknown.get());
        }
        Optional<String> obstacle =
                Guard.processRestarted(run, input.observation()).or(replacement()::causeNoLongerHolds);
        if (obstacle.isPresent()) {
            return done(Outcome.ABORTED, "Aborted: " + obstacle.get() + ".");
        }
        return Guard.rateExceeded(input, run)
                .<Transition>map(Wait::new)
                .orElseGet(() -> new Advance(
                        new State.Prepare(input.now()),
                        "%s is detached and still serves; its replacement starts.".formatted(run.podName()),
                        Effect.DETACH));
    }

    private Transition cooldown(State.Cooldown cooldown) {
        if (input.fleet().pod(run.podUid()).filter(Pod::isDetached).isPresent()) {
            return Guard.blockedNow(input).<Transition>map(Wait::new).orElse(new Redo(Effect.REATTACH));
        }
        return input.now().isBefore(cooldown.until())
                ? new Wait("cooling down until " + cooldown.until())
                : done(cooldown.outcome(), run.message());
    }

    private Transition paused(State.Paused paused) {
        Optional<Transition> disallowed = paused.resume() == RemediationPhase.Prepare ? Optional.empty() : disallowed();
        if (disallowed.isPresent()) {
            return disallowed.get();
        }
        Optional<String> blocked = Guard.blockedNow(input);
        if (blocked.isPresent()) {
            return new Wait(blocked.get());
        }
        State resumed =
                switch (paused.resume()) {
                    case Capture -> new State.Capture(input.now(), false);
                    case Prepare -> new State.Prepare(input.now());
                    default -> new State.Confirm(input.now());
                };
        return new Advance(resumed, "Resumed: the guard no longer blocks the run.", Effect.NONE);
    }

    private Transition done(Outcome outcome, String message) {
        return Transition.done(input.now(), outcome, message);
    }
}
