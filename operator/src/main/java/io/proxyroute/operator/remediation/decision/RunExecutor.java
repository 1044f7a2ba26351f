package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Ports.RunListener;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Executes the runs of one route, one step per tick:
 *
 * <ol>
 *   <li>read the pods, then the runs; in this order, a reader that sees a detached pod also sees the run that detached
 *       it;
 *   <li>decide: {@link RunStateMachine} for an open run, {@link RunAdmission} without one;
 *   <li>write the next state to the journal;
 *   <li>only then carry out its effect.
 * </ol>
 *
 * It keeps no state between ticks. Everything it needs is in the cluster and in the journal, so another executor can
 * continue at any step. Used by one thread at a time.
 */
public final class RunExecutor {

    /** Written before evidence is collected for the second time, so that there is no third attempt. */
    private static final Run.Evidence INTERRUPTED =
            new Run.Evidence("No evidence: the operator was interrupted twice while collecting it.", null);

    private final String budgetKey;
    private final Pods pods;
    private final Journal journal;
    private final ActionBudget budget;
    private final EvidenceCollector evidence;
    private final RunListener listener;
    private final Clock clock;

    /**
     * @param budgetKey namespace and UID of the route, with a slash between; all ports belong to the same route
     * @param listener is notified of every step
     */
    public RunExecutor(
            String budgetKey,
            Pods pods,
            Journal journal,
            ActionBudget budget,
            EvidenceCollector evidence,
            RunListener listener,
            Clock clock) {
        this.budgetKey = budgetKey;
        this.pods = pods;
        this.journal = journal;
        this.budget = budget;
        this.evidence = evidence;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Takes one step.
     *
     * @param observation what the operator observes now
     * @throws Conflict if another writer was first; nothing was done
     * @throws Ports.Unavailable if a call failed; the next tick finds out whether it took effect
     */
    public RemediationView tick(DecisionSettings settings, Observation observation) {
        Fleet fleet = pods.read();
        List<Run> runs = journal.runs();
        TickInput input = new TickInput(runs, fleet, observation, settings, nowNotBefore(runs));
        Optional<Run> open = input.newest().filter(Run::isOpen);
        if (open.isPresent()) {
            RunStateMachine machine = new RunStateMachine(open.get(), input);
            return execute(machine.next(), machine);
        }
        if (Guard.blockedNow(input).isEmpty()) {
            reattachOrphans(fleet);
        }
        return fleet.mode() == Mode.DISABLED ? withoutRun(RemediationPhase.Disabled, "", input) : admit(input);
    }

    /** The operator's clock, but not before the last write: a leader whose clock lags must not go back in time. */
    private Instant nowNotBefore(List<Run> runs) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (runs.isEmpty()) {
            return now;
        }
        Instant written = runs.getLast().state().since();
        return written.isAfter(now) ? written : now;
    }

    private RemediationView admit(TickInput input) {
        RunAdmission.Decision decision = new RunAdmission(input).decide();
        if (decision.run().isPresent()) {
            Run created = journal.create(decision.run().get());
            listener.advanced(created);
            return RemediationView.of(created, input.actionsInWindow());
        }
        RemediationPhase phase =
                decision.message().isEmpty() ? input.observation().phase() : RemediationPhase.Detected;
        return withoutRun(phase, decision.message(), input);
    }

    private static RemediationView withoutRun(RemediationPhase phase, String message, TickInput input) {
        return new RemediationView(phase, message, input.newest().orElse(null), input.actionsInWindow());
    }

    /** Reattaches pods of runs that ended, or were deleted, before they could do so; in every mode. */
    private void reattachOrphans(Fleet fleet) {
        fleet.pods().stream().filter(Fleet.Pod::isDetached).forEach(pods::reattach);
    }

    private RemediationView execute(Transition transition, RunStateMachine machine) {
        Run run = machine.run();
        int used = machine.input().actionsInWindow();
        return switch (transition) {
            case Transition.Wait(String reason) ->
                new RemediationView(run.state().phase(), reason, run, used);
            case Transition.Record(Run recorded) -> RemediationView.of(journal.update(recorded), used);
            case Transition.Redo(Effect effect) -> {
                Run repeated = effect == Effect.COLLECT ? journal.update(run.withEvidence(INTERRUPTED)) : run;
                yield RemediationView.of(perform(effect, repeated, machine), used);
            }
            case Transition.Advance(State next, String message, Effect effect) -> {
                boolean removesPod = effect == Effect.DETACH || effect == Effect.EVICT;
                if (removesPod && !isWithinBudget(run, machine.input())) {
                    Transition refused = machine.replacement()
                            .waitOrAbort(
                                    "the actions per hour that --max-actions-per-hour allows are used up, or the share of this route or its namespace is");
                    yield execute(refused, machine);
                }
                Run advanced = run.advanced(next, message);
                if (effect == Effect.EVICT) {
                    advanced = withEviction(advanced, machine);
                }
                yield RemediationView.of(perform(effect, journal.update(advanced), machine), used);
            }
        };
    }

    private static Run withEviction(Run run, RunStateMachine machine) {
        TickInput input = machine.input();
        Replacement replacement = machine.replacement()
                .replacement()
                .map(pod -> new Replacement(pod.uid(), pod.name()))
                .orElse(null);
        ProxyErrors errors =
                ProxyErrors.beforeEviction(input.fleet(), input.observation().processes());
        return run.withEviction(input.now(), replacement, errors);
    }

    /** Checked before the pod is detached, so that no replacement starts needlessly, and again for each eviction. */
    private boolean isWithinBudget(Run run, TickInput input) {
        return budget.take(
                budgetKey + "/" + run.number(),
                input.now(),
                input.settings().guard().maxActionsPerHourInCluster(),
                DecisionSettings.WINDOW);
    }

    /**
     * Carries out an effect. The listener may be slow, so it is notified after a pod is touched, while the decision is
     * fresh, but before evidence is collected, which is slow itself.
     */
    private Run perform(Effect effect, Run run, RunStateMachine machine) {
        if (effect == Effect.COLLECT || effect == Effect.COLLECT_DEEP) {
            listener.advanced(run);
            Run.Evidence collected = evidence.collect(run, effect == Effect.COLLECT_DEEP, machine.captureTimeout());
            Run recorded = journal.update(run.withEvidence(collected));
            listener.advanced(recorded);
            return recorded;
        }
        Optional<Fleet.Pod> pod = machine.input().fleet().pod(run.podUid()).filter(p -> !p.terminating());
        boolean impossible;
        try {
            impossible = apply(effect, pod);
        } finally {
            listener.advanced(run);
        }
        return impossible ? escalate(run, machine.input().now(), pod.get()) : run;
    }

    /** @return whether the effect can never succeed */
    private boolean apply(Effect effect, Optional<Fleet.Pod> pod) {
        switch (effect) {
            case DETACH -> pod.filter(Fleet.Pod::attached).ifPresent(pods::detach);
            case REATTACH -> pod.filter(Fleet.Pod::isDetached).ifPresent(pods::reattach);
            case EVICT -> {
                return pod.isPresent() && pods.evict(pod.get()) == Ports.EvictionResult.IMPOSSIBLE;
            }
            case NONE, COLLECT, COLLECT_DEEP -> {}
        }
        return false;
    }

    /** If the operator crashes before the pod is reattached, the next tick without an open run reattaches it. */
    private Run escalate(Run run, Instant now, Fleet.Pod pod) {
        Run escalated = journal.update(run.advanced(
                new State.Escalated(now),
                "%s cannot be evicted because more than one PodDisruptionBudget selects it: remove one. The pod is reattached."
                        .formatted(run.podName())));
        try {
            pods.reattach(pod);
        } finally {
            listener.advanced(escalated);
        }
        return escalated;
    }
}
