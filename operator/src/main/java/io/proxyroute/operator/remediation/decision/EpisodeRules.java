package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Move.Effect;
import io.proxyroute.operator.remediation.decision.Move.Enter;
import io.proxyroute.operator.remediation.decision.Move.Hold;
import io.proxyroute.operator.remediation.decision.Move.Repeat;
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
record EpisodeRules(
        Run run, List<Run> runs, Fleet fleet, Observation observation, DecisionSettings settings, Instant now) {

    private static final int INEFFECTIVE_TO_ESCALATE = 3;
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    Move next() {
        return switch (run.state()) {
            case State.Confirm _ -> disallowed().orElseGet(this::confirm);
            case State.Capture capture -> capture.deep() ? act() : disallowed().orElseGet(this::capture);
            case State.Prepare _ -> prepare();
            case State.Act act -> act(act);
            case State.Verify verify -> new Verification(run, fleet, observation, settings, now).next(verify);
            case State.Cooldown cooldown -> cooldown(cooldown);
            case State.Paused paused -> paused(paused);
            case State.Escalated _, State.Done _ -> new Hold("over");
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
    private Optional<Move> disallowed() {
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

    private Move confirm() {
        return switch (run.action()) {
            case OBSERVE -> done(Outcome.OBSERVED, "Observed: " + run.cause().sentence() + ".");
            case RECOMMEND -> collect();
            case REPLACE -> {
                Optional<String> hold = Guard.quiet(fleet, settings, now);
                yield hold.isPresent() ? pause(RemediationPhase.Confirm, hold.get()) : collect();
            }
        };
    }

    private Move collect() {
        return new Enter(
                new State.Capture(now, false),
                "Collecting evidence: " + run.cause().sentence() + ".",
                Effect.COLLECT);
    }

    /** Found without evidence at the start of a tick, it was cut short: tried once more, then left out. */
    private Move capture() {
        return run.evidence() == null ? new Repeat(Effect.COLLECT) : afterCapture();
    }

    /** What follows evidence, or the lack of it. */
    private Move afterCapture() {
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
            return new Enter(
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
            return new Hold(unknown.get());
        }
        Optional<String> refusal = Guard.sameProcess(run, observation).or(this::grounds);
        if (refusal.isPresent()) {
            return done(Outcome.ABORTED, "Given up: " + refusal.get() + ".");
        }
        return Guard.rate(runs, run, settings, now)
                .<Move>map(Hold::new)
                .orElseGet(() -> new Enter(
                        new State.Prepare(now),
                        "%s is detached and still serves; its replacement starts.".formatted(run.podName()),
                        Effect.DETACH));
    }

    /** Empty while what the run is about is still there, and in this pod. */
    private Optional<String> grounds() {
        return Guard.stillFound(run, observation, settings, now)
                .or(() -> Guard.notEverywhere(run.cause(), run.podUid(), fleet, observation, settings));
    }

    private Move prepare() {
        Optional<Pod> victim = victim();
        if (victim.isEmpty()) {
            return verify("went away by itself");
        }
        Optional<Move> stopped = stopped();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        if (victim.get().attached()) {
            if (!now.isBefore(patientUntil())) {
                return abort("it could not be detached in time");
            }
            Optional<String> unknown = Guard.known(run, observation, settings, now);
            return unknown.isPresent()
                    ? new Hold(unknown.get())
                    : grounds().map(this::abort).orElse(new Repeat(Effect.DETACH));
        }
        Optional<String> missing = surged();
        if (missing.isPresent()) {
            return refused(missing.get());
        }
        return run.deepTried()
                ? act()
                : new Enter(
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
    private Move act() {
        if (victim().isEmpty()) {
            return verify("went away by itself");
        }
        return stopped().orElseGet(() -> evict(1, now.plus(settings.evictionTimeout())));
    }

    private Move act(State.Act act) {
        if (victim().isEmpty()) {
            return verify("is evicted");
        }
        Optional<Move> stopped = stopped();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        Duration backoff = settings.evictionBackoff().multipliedBy(1L << Math.min(10, act.attempt() - 1));
        Duration bounded = Durations.shorter(backoff, LONGEST_BACKOFF);
        return now.isBefore(act.deadline()) && now.isBefore(act.since().plus(bounded))
                ? new Hold("waiting before the eviction is tried again")
                : evict(act.attempt() + 1, act.deadline());
    }

    /** The surge itself may have ended what was found, by taking load off the pod: each try looks at everything again. */
    private Move evict(int attempt, Instant deadline) {
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
        return new Enter(
                new State.Act(now, attempt, deadline),
                "Evicting %s%s.".formatted(run.podName(), attempt == 1 ? "" : ", attempt " + attempt),
                Effect.EVICT);
    }

    /** What may not be done now is waited for; once a pod is detached, only for so long. */
    Move refused(String because) {
        boolean untouched = run.state() instanceof State.Capture capture && !capture.deep();
        return untouched || now.isBefore(patientUntil()) ? new Hold(because) : abort(because);
    }

    private Instant patientUntil() {
        return run.state() instanceof State.Act act
                ? act.deadline()
                : run.state().since().plus(settings.surgeTimeout());
    }

    private Move cooldown(State.Cooldown cooldown) {
        if (fleet.pod(run.podUid()).filter(Pod::isDetached).isPresent()) {
            return Guard.quiet(fleet, settings, now).<Move>map(Hold::new).orElse(new Repeat(Effect.REATTACH));
        }
        return now.isBefore(cooldown.until())
                ? new Hold("resting until " + cooldown.until())
                : done(cooldown.outcome(), run.message());
    }

    private Move paused(State.Paused paused) {
        Optional<Move> disallowed = paused.resume() == RemediationPhase.Prepare ? Optional.empty() : disallowed();
        if (disallowed.isPresent()) {
            return disallowed.get();
        }
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return new Hold(hold.get());
        }
        State resumed =
                switch (paused.resume()) {
                    case Capture -> new State.Capture(now, false);
                    case Prepare -> new State.Prepare(now);
                    default -> new State.Confirm(now);
                };
        return new Enter(resumed, "Going on.", Effect.NONE);
    }

    /** What ends or interrupts a run whose pod is detached. */
    private Optional<Move> stopped() {
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return Optional.of(pause(RemediationPhase.Prepare, hold.get()));
        }
        return fleet.mode() == Mode.AUTO
                ? Guard.sameProcess(run, observation).map(this::abort)
                : Optional.of(abort("remediation.mode is no longer Auto"));
    }

    private Move pause(RemediationPhase resume, String because) {
        return new Enter(new State.Paused(now, resume), "Paused: " + because + ".", Effect.NONE);
    }

    private Move verify(String how) {
        return new Enter(
                new State.Verify(now), "%s %s; its replacement is watched.".formatted(run.podName(), how), Effect.NONE);
    }

    private Move abort(String because) {
        return new Enter(
                new State.Cooldown(now, now.plus(run.cooldown()), Outcome.ABORTED),
                "Given up, and %s is put back: %s.".formatted(run.podName(), because),
                Effect.REATTACH);
    }

    private Move done(Outcome outcome, String message) {
        return new Enter(new State.Done(now, outcome), message, Effect.NONE);
    }

    /** The pod, unless it is gone, going, or in somebody else's hands. */
    private Optional<Pod> victim() {
        return fleet.pod(run.podUid()).filter(p -> !p.terminating() && p.isOurs());
    }
}
