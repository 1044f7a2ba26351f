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
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The next move of an open run. A pure function of what was just read, so that it gives the same answer to whoever
 * replays it after a crash.
 *
 * @param run the open run
 * @param runs all that the journal remembers, oldest first
 * @param fleet read before the journal
 * @param observation what the pods tell
 * @param settings of the route
 * @param now the operator's clock
 */
record RunStateMachine(
        Run run, List<Run> runs, Fleet fleet, Observation observation, DecisionSettings settings, Instant now) {

    private static final int INEFFECTIVE_TO_ESCALATE = 3;
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    Transition next() {
        return switch (run.state()) {
            case State.Confirm _ -> disallowed().orElseGet(this::confirm);
            case State.Capture capture -> capture.deep() ? act() : disallowed().orElseGet(this::capture);
            case State.Prepare _ -> prepare();
            case State.Act act -> act(act);
            case State.Verify verify -> new Verification(run, fleet, observation, settings, now).next(verify);
            case State.Cooldown cooldown -> cooldown(cooldown);
            case State.Paused paused -> paused(paused);
            case State.Escalated _, State.Done _ -> new Wait("over");
        };
    }

    /** What collecting may take: no longer than the pod can wait, but always long enough for a try. */
    Duration captureTimeout() {
        Diagnosis diagnosis = observation.diagnoses().get(run.podUid());
        Duration most = settings.captureTimeout();
        if (diagnosis == null) {
            return most;
        }
        return diagnosis.findings().stream()
                .filter(Finding.Leak.class::isInstance)
                .map(f -> Duration.between(now, ((Finding.Leak) f).evidence().actBy()))
                .min(Comparator.naturalOrder())
                .map(left -> Durations.longer(most.dividedBy(3), Durations.shorter(left, most)))
                .orElse(most);
    }

    /** What ends a run that has touched nothing yet: the user allows less than it is for. */
    private Optional<Transition> disallowed() {
        boolean allowed =
                switch (run.action()) {
                    case OBSERVE -> true;
                    case RECOMMEND -> fleet.mode() == Mode.RECOMMEND || fleet.mode() == Mode.AUTO;
                    case REPLACE -> fleet.mode() == Mode.AUTO;
                };
        return allowed
                ? Optional.empty()
                : Optional.of(done(Outcome.ABORTED, "Given up: remediation.mode does not allow it any more."));
    }

    private Transition confirm() {
        return switch (run.action()) {
            case OBSERVE -> done(Outcome.OBSERVED, "Observed: " + run.cause().sentence() + ".");
            case RECOMMEND -> collect();
            case REPLACE -> {
                Optional<String> hold = Guard.quiet(fleet, settings, now);
                yield hold.isPresent() ? pause(RemediationPhase.Confirm, hold.get()) : collect();
            }
        };
    }

    private Transition collect() {
        return new Advance(
                new State.Capture(now, false),
                "Collecting evidence: " + run.cause().sentence() + ".",
                Effect.COLLECT);
    }

    /** Found without evidence at the start of a tick, it was cut short: tried once more, then left out. */
    private Transition capture() {
        return run.evidence() == null ? new Redo(Effect.COLLECT) : afterCapture();
    }

    /** What follows evidence, or the lack of it. */
    private Transition afterCapture() {
        if (run.action() == Run.Action.RECOMMEND) {
            return done(
                    Outcome.RECOMMENDED,
                    "Would detach %s, wait until its replacement is ready and warm, and evict it: %s."
                            .formatted(run.podName(), run.cause().sentence()));
        }
        if (victim().isEmpty()) {
            return done(Outcome.GONE, "%s is gone by itself.".formatted(run.podName()));
        }
        if (Recurrence.timesIneffective(run, runs, settings) >= INEFFECTIVE_TO_ESCALATE) {
            return new Advance(
                    new State.Escalated(now),
                    "Replaced %d times without effect, so the cause is not in the pod: %s. Look at filters and configuration."
                            .formatted(INEFFECTIVE_TO_ESCALATE, run.cause().sentence()),
                    Effect.NONE);
        }
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return pause(RemediationPhase.Capture, hold.get());
        }
        Optional<String> unknown = Guard.known(run, observation, settings, now);
        if (unknown.isPresent() && now.isBefore(patientUntil())) {
            return new Wait(unknown.get());
        }
        Optional<String> refusal = Guard.sameProcess(run, observation).or(this::grounds);
        if (refusal.isPresent()) {
            return done(Outcome.ABORTED, "Given up: " + refusal.get() + ".");
        }
        return Guard.rate(runs, run, settings, now)
                .<Transition>map(Wait::new)
                .orElseGet(() -> new Advance(
                        new State.Prepare(now),
                        "%s is detached and still serves; its replacement starts.".formatted(run.podName()),
                        Effect.DETACH));
    }

    /** Empty while what the run is about is still there, and in this pod. */
    private Optional<String> grounds() {
        return Guard.stillFound(run, observation, settings, now)
                .or(() -> Guard.notEverywhere(run.cause(), run.podUid(), fleet, observation, settings));
    }

    private Transition prepare() {
        Optional<Pod> victim = victim();
        if (victim.isEmpty()) {
            return verify("went away by itself");
        }
        Optional<Transition> stopped = stopped();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        if (victim.get().attached()) {
            if (!now.isBefore(patientUntil())) {
                return abort("it could not be detached in time");
            }
            Optional<String> unknown = Guard.known(run, observation, settings, now);
            return unknown.isPresent()
                    ? new Wait(unknown.get())
                    : grounds().map(this::abort).orElse(new Redo(Effect.DETACH));
        }
        Optional<String> missing = surged();
        if (missing.isPresent()) {
            return refused(missing.get());
        }
        return run.deepTried()
                ? act()
                : new Advance(
                        new State.Capture(now, true),
                        "The replacement is ready; collecting what stops %s.".formatted(run.podName()),
                        Effect.COLLECT_DEEP);
    }

    /** As many others as are wanted serve, and one of them came for this one. */
    private Optional<String> surged() {
        return fleet.servingWithout(run.podUid()).count() < fleet.wanted()
                        || replacement().isEmpty()
                ? Optional.of("its replacement is not ready and warm")
                : Optional.empty();
    }

    /**
     * The pod that takes over: the one written down as long as it serves, else the youngest that serves and came after
     * the run began. Both times are the API server's.
     */
    Optional<Pod> replacement() {
        List<Pod> younger = fleet.servingWithout(run.podUid())
                .filter(p -> !p.createdAt().isBefore(run.startedAt()))
                .sorted(Comparator.comparing(Pod::createdAt).reversed())
                .toList();
        return younger.stream()
                .filter(p -> run.replacement() != null
                        && p.uid().equals(run.replacement().podUid()))
                .findFirst()
                .or(() -> younger.stream().findFirst());
    }

    /** The replacement is ready and all evidence is there. */
    private Transition act() {
        if (victim().isEmpty()) {
            return verify("went away by itself");
        }
        return stopped().orElseGet(() -> evict(1, now.plus(settings.evictionTimeout())));
    }

    private Transition act(State.Act act) {
        if (victim().isEmpty()) {
            return verify("is evicted");
        }
        Optional<Transition> stopped = stopped();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        Duration backoff = settings.evictionBackoff().multipliedBy(1L << Math.min(10, act.attempt() - 1));
        Duration bounded = Durations.shorter(backoff, LONGEST_BACKOFF);
        return now.isBefore(act.deadline()) && now.isBefore(act.since().plus(bounded))
                ? new Wait("waiting before the eviction is tried again")
                : evict(act.attempt() + 1, act.deadline());
    }

    /** The surge itself may have ended what was found, by taking load off the pod: each try looks at everything again. */
    private Transition evict(int attempt, Instant deadline) {
        if (victim().filter(Pod::attached).isPresent()) {
            return abort("somebody else has put it back already");
        }
        Optional<String> refusal = grounds()
                .or(this::surged)
                .or(() -> Guard.enough(fleet, run.podUid(), settings))
                .or(() -> Guard.rate(runs, run, settings, now));
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        if (!now.isBefore(deadline)) {
            return abort("the disruption budget did not allow the eviction");
        }
        return new Advance(
                new State.Act(now, attempt, deadline),
                "Evicting %s%s.".formatted(run.podName(), attempt == 1 ? "" : ", attempt " + attempt),
                Effect.EVICT);
    }

    /** What may not be done now is waited for; once a pod is detached, only for so long. */
    Transition refused(String because) {
        boolean untouched = run.state() instanceof State.Capture capture && !capture.deep();
        return untouched || now.isBefore(patientUntil()) ? new Wait(because) : abort(because);
    }

    private Instant patientUntil() {
        return run.state() instanceof State.Act act
                ? act.deadline()
                : run.state().since().plus(settings.surgeTimeout());
    }

    private Transition cooldown(State.Cooldown cooldown) {
        if (fleet.pod(run.podUid()).filter(Pod::isDetached).isPresent()) {
            return Guard.quiet(fleet, settings, now).<Transition>map(Wait::new).orElse(new Redo(Effect.REATTACH));
        }
        return now.isBefore(cooldown.until())
                ? new Wait("resting until " + cooldown.until())
                : done(cooldown.outcome(), run.message());
    }

    private Transition paused(State.Paused paused) {
        Optional<Transition> disallowed = paused.resume() == RemediationPhase.Prepare ? Optional.empty() : disallowed();
        if (disallowed.isPresent()) {
            return disallowed.get();
        }
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return new Wait(hold.get());
        }
        State resumed =
                switch (paused.resume()) {
                    case Capture -> new State.Capture(now, false);
                    case Prepare -> new State.Prepare(now);
                    default -> new State.Confirm(now);
                };
        return new Advance(resumed, "Going on.", Effect.NONE);
    }

    /** What ends or interrupts a run whose pod is detached. */
    private Optional<Transition> stopped() {
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return Optional.of(pause(RemediationPhase.Prepare, hold.get()));
        }
        return fleet.mode() == Mode.AUTO
                ? Guard.sameProcess(run, observation).map(this::abort)
                : Optional.of(abort("remediation.mode is no longer Auto"));
    }

    private Transition pause(RemediationPhase resume, String because) {
        return new Advance(new State.Paused(now, resume), "Paused: " + because + ".", Effect.NONE);
    }

    private Transition verify(String how) {
        return new Advance(
                new State.Verify(now), "%s %s; its replacement is watched.".formatted(run.podName(), how), Effect.NONE);
    }

    private Transition abort(String because) {
        return new Advance(
                new State.Cooldown(now, now.plus(run.cooldown()), Outcome.ABORTED),
                "Given up, and %s is put back: %s.".formatted(run.podName(), because),
                Effect.REATTACH);
    }

    private Transition done(Outcome outcome, String message) {
        return new Advance(new State.Done(now, outcome), message, Effect.NONE);
    }

    /** The pod, unless it is gone, going, or in somebody else's hands. */
    private Optional<Pod> victim() {
        return fleet.pod(run.podUid()).filter(p -> !p.terminating() && p.isOurs());
    }
}
