package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Move.Effect;
import io.proxyroute.operator.remediation.decision.Move.Enter;
import io.proxyroute.operator.remediation.decision.Move.Hold;
import io.proxyroute.operator.remediation.decision.Move.Repeat;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The next move of an open run. A pure function of what was just read, so that it gives the same answer to whoever
 * replays it after a crash.
 *
 * @param run the open run
 * @param runs all that the journal remembers, oldest first
 * @param fleet read before the journal
 * @param diagnoses by pod UID
 * @param settings of the route
 * @param errors answers that the other pods have got wrong so far
 * @param now the operator's clock
 */
record EpisodeRules(
        Run run,
        List<Run> runs,
        Fleet fleet,
        Map<String, Diagnosis> diagnoses,
        DecisionSettings settings,
        long errors,
        Instant now) {

    private static final int INEFFECTIVE_TO_ESCALATE = 3;
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    Move next() {
        return switch (run.state()) {
            case State.Confirm _ -> confirm();
            case State.Capture capture -> capture.deep() ? act() : capture();
            case State.Prepare prepare -> prepare(prepare);
            case State.Act act -> act(act);
            case State.Verify verify -> verify(verify);
            case State.Cooldown cooldown -> cooldown(cooldown);
            case State.Paused paused -> paused(paused);
            case State.Escalated _, State.Done _ -> new Hold("over");
        };
    }

    /** What collecting may take: no longer than the pod can wait, but always long enough for a try. */
    Duration captureTimeout() {
        Diagnosis diagnosis = diagnoses.get(run.podUid());
        Duration most = settings.captureTimeout();
        if (diagnosis == null) {
            return most;
        }
        return diagnosis.findings().stream()
                .filter(Finding.Leak.class::isInstance)
                .map(f -> Duration.between(now, ((Finding.Leak) f).evidence().actBy()))
                .min(Comparator.naturalOrder())
                .map(left -> clamp(left, most.dividedBy(3), most))
                .orElse(most);
    }

    private static Duration clamp(Duration value, Duration min, Duration max) {
        return value.compareTo(min) < 0 ? min : value.compareTo(max) > 0 ? max : value;
    }

    private Move confirm() {
        return switch (run.action()) {
            case OBSERVE -> done(Outcome.OBSERVED, "Observed: " + run.cause().sentence() + ".");
            case RECOMMEND -> collect();
            case REPLACE -> {
                Optional<String> hold = Guard.quiet(fleet, settings, now);
                yield hold.isPresent() ? pause(Phase.CONFIRM, hold.get()) : collect();
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
        if (fleet.mode() != Mode.AUTO) {
            return done(Outcome.ABORTED, "Given up: remediation.mode is no longer Auto.");
        }
        if (victim().isEmpty()) {
            return done(Outcome.GONE, "%s is gone by itself.".formatted(run.podName()));
        }
        if (timesIneffective(run, runs) >= INEFFECTIVE_TO_ESCALATE) {
            return new Enter(
                    new State.Escalated(now),
                    "Replaced %d times without effect, so the cause is not in the pod: %s. Look at filters and configuration."
                            .formatted(INEFFECTIVE_TO_ESCALATE, run.cause().sentence()),
                    Effect.NONE);
        }
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return pause(Phase.CAPTURE, hold.get());
        }
        boolean patient = now.isBefore(run.state().since().plus(settings.surgeTimeout()));
        Optional<String> unknown = Guard.known(run, diagnoses, settings, now);
        if (unknown.isPresent() && patient) {
            return new Hold(unknown.get());
        }
        Optional<String> refusal = Guard.stillFound(run, diagnoses, settings, now)
                .or(() -> Guard.notEverywhere(run.cause(), fleet, diagnoses, settings));
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

    private Move prepare(State.Prepare prepare) {
        Optional<Pod> victim = victim();
        if (victim.isEmpty()) {
            return verify("went away by itself");
        }
        Optional<Move> stopped = stopped();
        if (stopped.isPresent()) {
            return stopped.get();
        }
        if (victim.get().attached()) {
            boolean patient = now.isBefore(prepare.since().plus(settings.surgeTimeout()));
            Optional<String> unknown = Guard.known(run, diagnoses, settings, now);
            return unknown.isPresent() && patient
                    ? new Hold(unknown.get())
                    : Guard.stillFound(run, diagnoses, settings, now)
                            .map(this::abort)
                            .orElse(new Repeat(Effect.DETACH));
        }
        if (fleet.attachedReadyWithout(run.podUid()) < fleet.wanted()) {
            return now.isBefore(prepare.since().plus(settings.surgeTimeout()))
                    ? new Hold("waiting until the replacement is ready and warm")
                    : abort("the replacement was not ready in " + settings.surgeTimeout());
        }
        return run.deepTried()
                ? act()
                : new Enter(
                        new State.Capture(now, true),
                        "The replacement is ready; collecting what stops %s.".formatted(run.podName()),
                        Effect.COLLECT_DEEP);
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
        if (!now.isBefore(act.deadline())) {
            return abort("the disruption budget did not allow the eviction");
        }
        Duration backoff = settings.evictionBackoff().multipliedBy(1L << Math.min(10, act.attempt() - 1));
        Duration bounded = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
        return now.isBefore(act.since().plus(bounded))
                ? new Hold("waiting before the eviction is tried again")
                : evict(act.attempt() + 1, act.deadline());
    }

    private Move evict(int attempt, Instant deadline) {
        Optional<String> refusal =
                Guard.enough(fleet, run.podUid(), settings).or(() -> Guard.rate(runs, run, settings, now));
        if (refusal.isPresent()) {
            Instant last = run.state() instanceof State.Act act
                    ? act.deadline()
                    : run.state().since().plus(settings.surgeTimeout());
            return now.isBefore(last) ? new Hold(refusal.get()) : abort(refusal.get());
        }
        return new Enter(
                new State.Act(now, attempt, deadline),
                "Evicting %s%s.".formatted(run.podName(), attempt == 1 ? "" : ", attempt " + attempt),
                Effect.EVICT);
    }

    private Move verify(State.Verify verify) {
        boolean inTime = now.isBefore(verify.since().plus(settings.verifyTimeout()));
        if (fleet.pod(run.podUid()).isPresent()) {
            return inTime
                    ? new Hold("waiting until " + run.podName() + " has drained and is gone")
                    : rest(Outcome.INEFFECTIVE, "%s is still not gone.".formatted(run.podName()));
        }
        if (run.actedAt() == null) {
            return rest(Outcome.GONE, "%s went away by itself.".formatted(run.podName()));
        }
        Diagnosis replacement = run.replacement() == null
                ? null
                : diagnoses.get(run.replacement().podUid());
        boolean fleetWhole = fleet.attachedReadyWithout(run.podUid()) >= fleet.wanted();
        if (fleetWhole && replacement != null && replacement.goodSamples() >= settings.verifySamples()) {
            if (run.errorsBefore() >= 0 && errors > run.errorsBefore()) {
                return rest(
                        Outcome.INEFFECTIVE,
                        "%s serves in its place and is healthy, but proxies got %d answers wrong meanwhile."
                                .formatted(run.replacement().podName(), errors - run.errorsBefore()));
            }
            return rest(
                    Outcome.RECOVERED,
                    "%s is gone; %s serves in its place and shows no sign of the cause in %d samples after its warm-up."
                            .formatted(run.podName(), run.replacement().podName(), settings.verifySamples()));
        }
        if (replacement != null && replacement.health() == Health.CONFIRMED) {
            return rest(
                    Outcome.INEFFECTIVE,
                    "%s shows it too: %s."
                            .formatted(
                                    run.replacement().podName(),
                                    replacement.findings().getFirst().sentence()));
        }
        return inTime
                ? new Hold("waiting for good samples of the replacement after its warm-up")
                : rest(Outcome.INEFFECTIVE, "The replacement could not be proved healthy in time.");
    }

    private Move cooldown(State.Cooldown cooldown) {
        boolean leftDetached = fleet.pod(run.podUid())
                .filter(p -> !p.attached() && !p.terminating())
                .isPresent();
        if (leftDetached) {
            return Guard.quiet(fleet, settings, now).<Move>map(Hold::new).orElse(new Repeat(Effect.REATTACH));
        }
        return now.isBefore(cooldown.until())
                ? new Hold("resting until " + cooldown.until())
                : done(cooldown.outcome(), run.message());
    }

    private Move paused(State.Paused paused) {
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return new Hold(hold.get());
        }
        State resumed =
                switch (paused.resume()) {
                    case CAPTURE -> new State.Capture(now, false);
                    case PREPARE -> new State.Prepare(now);
                    default -> new State.Confirm(now);
                };
        return new Enter(resumed, "Going on.", Effect.NONE);
    }

    /** What ends or interrupts a run whose pod is detached. */
    private Optional<Move> stopped() {
        Optional<String> hold = Guard.quiet(fleet, settings, now);
        if (hold.isPresent()) {
            return Optional.of(pause(Phase.PREPARE, hold.get()));
        }
        return fleet.mode() == Mode.AUTO ? Optional.empty() : Optional.of(abort("remediation.mode is no longer Auto"));
    }

    private Move pause(Phase resume, String because) {
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

    private Move rest(Outcome outcome, String message) {
        return new Enter(new State.Cooldown(now, now.plus(run.cooldown()), outcome), message, Effect.NONE);
    }

    private Move done(Outcome outcome, String message) {
        return new Enter(new State.Done(now, outcome), message, Effect.NONE);
    }

    /** The pod, unless it is gone or going. */
    private Optional<Pod> victim() {
        return fleet.pod(run.podUid()).filter(p -> !p.terminating());
    }

    /**
     * How many runs in a row, up to this one, found the same cause again in the pod that the one before had started,
     * within three of its cooldowns. Other pods that leak too are no failure of a run.
     */
    static int timesIneffective(Run run, List<Run> runs) {
        int times = 0;
        Run later = run;
        for (Run earlier : runs.reversed()) {
            if (earlier.number() >= later.number()) {
                continue;
            }
            boolean ownReplacement = earlier.replacement() != null
                    && earlier.replacement().podUid().equals(later.podUid());
            if (ownReplacement
                    && earlier.cause().sameAs(later.cause())
                    && earlier.actedAt() != null
                    && startedWithin(later, earlier)) {
                times++;
                later = earlier;
            }
        }
        return times;
    }

    private static boolean startedWithin(Run later, Run earlier) {
        Instant limit = earlier.actedAt().plus(earlier.cooldown().multipliedBy(3));
        return !later.startedAt().isAfter(limit);
    }

    /** The rest after a run that follows so many ineffective ones. */
    static Duration cooldown(int timesIneffective, DecisionSettings settings) {
        Duration doubled = settings.cooldown().multipliedBy(1L << Math.min(20, timesIneffective));
        return doubled.compareTo(settings.maxCooldown()) > 0 ? settings.maxCooldown() : doubled;
    }
}
