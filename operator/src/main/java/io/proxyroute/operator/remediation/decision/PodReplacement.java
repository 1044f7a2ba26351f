package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Transition.Advance;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import io.proxyroute.operator.remediation.decision.Transition.Redo;
import io.proxyroute.operator.remediation.decision.Transition.Wait;
import io.proxyroute.operator.remediation.detection.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Replaces the pod of a run: waits for the surge, evicts the detached pod, and gives up at the deadline.
 * A pure function, like {@link RunStateMachine}.
 *
 * @param run whose pod is detached, or is about to be
 * @param input input of this tick
 */
record PodReplacement(Run run, TickInput input) {

    private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

    /** The pod is detached, or is being detached. */
    Transition prepare() {
        Optional<Pod> pod = pod();
        if (pod.isEmpty()) {
            return verify("disappeared without an eviction");
        }
        Optional<Transition> interruption = interrupted();
        if (interruption.isPresent()) {
            return interruption.get();
        }
        if (pod.get().attached()) {
            return detach();
        }
        Optional<String> missing = replacementMissing();
        if (missing.isPresent()) {
            return waitOrAbort(missing.get());
        }
        return run.deepTried()
                ? act()
                : new Advance(
                        new State.Capture(input.now(), true),
                        "The replacement is ready; collecting class histograms, which pause %s."
                                .formatted(run.podName()),
                        Effect.COLLECT_DEEP);
    }

    private Transition detach() {
        if (!input.now().isBefore(deadline())) {
            return abort("it could not be detached within spec.remediation.surge.timeout");
        }
        Optional<String> unknown = Guard.findingUnknown(run, input);
        return unknown.isPresent()
                ? new Wait(unknown.get())
                : causeNoLongerHolds().map(this::abort).orElse(new Redo(Effect.DETACH));
    }

    /** The replacement is ready and all evidence is collected. */
    Transition act() {
        if (pod().isEmpty()) {
            return verify("disappeared without an eviction");
        }
        return interrupted()
                .orElseGet(() ->
                        evict(1, input.now().plus(input.settings().eviction().timeout())));
    }

    /** An eviction was requested, and the pod may still be there. */
    Transition act(State.Act act) {
        if (pod().isEmpty()) {
            return verify("was evicted");
        }
        Optional<Transition> interruption = interrupted();
        if (interruption.isPresent()) {
            return interruption.get();
        }
        Duration backoff = Durations.min(
                input.settings().eviction().backoff().multipliedBy(1L << Math.min(10, act.attempt() - 1)), MAX_BACKOFF);
        return input.now().isBefore(act.deadline())
                        && input.now().isBefore(act.since().plus(backoff))
                ? new Wait("the eviction is retried after a backoff")
                : evict(act.attempt() + 1, act.deadline());
    }

    /** Every attempt checks everything again: the surge reduces the load of the pod and may end the finding. */
    private Transition evict(int attempt, Instant deadline) {
        if (pod().filter(Pod::attached).isPresent()) {
            return abort("its label proxyroute.io/attached was restored by someone other than the operator");
        }
        Optional<String> obstacle = causeNoLongerHolds()
                .or(this::replacementMissing)
                .or(() -> Guard.belowMinHealthy(input, run.podUid()))
                .or(() -> Guard.rateExceeded(input, run));
        if (obstacle.isPresent()) {
            return waitOrAbort(obstacle.get());
        }
        if (!input.now().isBefore(deadline)) {
            return abort("the PodDisruptionBudget did not allow the eviction within spec.remediation.eviction.timeout");
        }
        return new Advance(
                new State.Act(input.now(), attempt, deadline),
                "Evicting %s%s.".formatted(run.podName(), attempt == 1 ? "" : ", attempt " + attempt),
                Effect.EVICT);
    }

    /** The finding no longer holds, or its cause is not in this pod. */
    Optional<String> causeNoLongerHolds() {
        return Guard.findingGone(run, input).or(() -> Guard.fleetWide(run.cause(), run.podUid(), input));
    }

    /** Other pods serve in the desired number, and one of them replaces this pod. */
    private Optional<String> replacementMissing() {
        return input.fleet().servingWithout(run.podUid()).count()
                                < input.fleet().desired()
                        || replacement().isEmpty()
                ? Optional.of("its replacement is not ready and warm" + trouble())
                : Optional.empty();
    }

    /** Why the replacement does not start, to append to a clause. */
    private String trouble() {
        String trouble = input.fleet().trouble();
        return trouble.isEmpty() ? "" : ": " + trouble.replaceAll("[.]$", "");
    }

    /**
     * The pod that replaces this one: the recorded one while it serves, or else the youngest serving pod that was
     * created after the run started. Both times are the API server's.
     */
    Optional<Pod> replacement() {
        List<Pod> younger = input.fleet()
                .servingWithout(run.podUid())
                .filter(p -> !p.createdAt().isBefore(run.startedAt()))
                .sorted(Comparator.comparing(Pod::createdAt).reversed())
                .toList();
        return younger.stream()
                .filter(p -> run.replacement() != null
                        && p.uid().equals(run.replacement().podUid()))
                .findFirst()
                .or(() -> younger.stream().findFirst());
    }

    /** Waits while there is an obstacle; once the pod is detached, only until the deadline. */
    Transition waitOrAbort(String reason) {
        boolean untouched = run.state() instanceof State.Capture capture && !capture.deep();
        return untouched || input.now().isBefore(deadline()) ? new Wait(reason) : abort(reason);
    }

    /** Deadline of the current phase. */
    Instant deadline() {
        return run.state() instanceof State.Act act
                ? act.deadline()
                : run.state().since().plus(input.settings().surgeTimeout());
    }

    /** Ends or interrupts a run whose pod is detached. */
    private Optional<Transition> interrupted() {
        Optional<String> blocked = Guard.blockedNow(input);
        if (blocked.isPresent()) {
            return Optional.of(Transition.pause(input.now(), RemediationPhase.Prepare, blocked.get()));
        }
        return input.fleet().mode() == Mode.AUTO
                ? Guard.processRestarted(run, input.observation()).map(this::abort)
                : Optional.of(abort("spec.remediation.mode is no longer Auto"));
    }

    private Transition verify(String event) {
        return new Advance(
                new State.Verify(input.now()),
                "%s %s; its replacement is being verified.".formatted(run.podName(), event),
                Effect.NONE);
    }

    private Transition abort(String reason) {
        return new Advance(
                new State.Cooldown(input.now(), input.now().plus(run.cooldown()), Outcome.ABORTED),
                "Aborted, and %s is reattached: %s.".formatted(run.podName(), reason),
                Effect.REATTACH);
    }

    private Optional<Pod> pod() {
        return input.fleet().activePod(run.podUid());
    }
}
