package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Drives the episodes of one route, tick by tick. It remembers nothing between ticks: what it needs is in the cluster
 * and in the journal, so that any actor may take over from any other at any moment. Each tick reads the pods, then the
 * runs (in that order, so that whoever sees a detached pod sees the run that detached it), decides, writes the journal,
 * and only then touches anything; it does at most one such step. One thread at a time.
 */
public final class RunExecutor {

    /** Stands in the journal while evidence is collected for the second time, so that there is no third. */
    private static final Run.Evidence CUT_SHORT =
            new Run.Evidence("The operator was interrupted twice while it collected evidence.", null);

    private final String routeUid;
    private final Pods pods;
    private final Journal journal;
    private final ActionBudget budget;
    private final EvidenceCollector evidence;
    private final Clock clock;

    /** @param routeUid names the budget's entries; the ports are those of the same route */
    public RunExecutor(
            String routeUid, Pods pods, Journal journal, ActionBudget budget, EvidenceCollector evidence, Clock clock) {
        this.routeUid = routeUid;
        this.pods = pods;
        this.journal = journal;
        this.budget = budget;
        this.evidence = evidence;
        this.clock = clock;
    }

    /**
     * One step.
     *
     * @param observation of this moment
     * @throws Conflict when somebody else drives the route too: nothing was done
     * @throws Ports.Unavailable when a call failed: the next tick finds out how far it came
     */
    public RemediationView tick(DecisionSettings settings, Observation observation) {
        Fleet fleet = pods.read();
        List<Run> runs = journal.runs();
        Instant now = notBefore(runs);
        Run newest = runs.isEmpty() ? null : runs.getLast();
        if (newest != null && newest.isOpen()) {
            RunStateMachine rules = new RunStateMachine(newest, runs, fleet, observation, settings, now);
            return carryOut(rules.next(), newest, rules);
        }
        Optional<String> quiet = Guard.quiet(fleet, settings, now);
        if (quiet.isEmpty()) {
            putBackLeftovers(fleet);
        }
        return fleet.mode() == Mode.DISABLED
                ? new RemediationView(RemediationPhase.Disabled, "", newest, Guard.actionsInWindow(runs, null, now))
                : open(fleet, quiet, runs, newest, observation, settings, now);
    }

    /** A leader whose clock lags does not undercut what another wrote. */
    private Instant notBefore(List<Run> runs) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (runs.isEmpty()) {
            return now;
        }
        Instant written = runs.getLast().state().since();
        return written.isAfter(now) ? written : now;
    }

    private RemediationView open(
            Fleet fleet,
            Optional<String> quiet,
            List<Run> runs,
            Run newest,
            Observation observation,
            DecisionSettings settings,
            Instant now) {
        int used = Guard.actionsInWindow(runs, null, now);
        List<Candidate> candidates = Candidate.among(fleet, observation, settings, now);
        String held = "";
        for (Candidate candidate : candidates) {
            Run.Action action = action(candidate, fleet, observation, settings);
            if (action == Run.Action.REPLACE) {
                Optional<String> refusal =
                        quiet.or(() -> escalated(runs, fleet)).or(() -> Guard.rate(runs, null, settings, now));
                if (refusal.isPresent()) {
                    held = "%s: %s; nothing is done because %s"
                            .formatted(candidate.pod().name(), candidate.cause().sentence(), refusal.get());
                    continue;
                }
            } else if (toldBefore(candidate, action, runs, settings, now)) {
                continue;
            }
            Run created = journal.create(begin(candidate, action, fleet, runs, observation, settings, now));
            evidence.progressed(created);
            return RemediationView.of(created, used);
        }
        if (!held.isEmpty() || !candidates.isEmpty()) {
            String message = held.isEmpty() ? sentence(candidates.getFirst()) : held;
            return new RemediationView(RemediationPhase.Detected, message, newest, used);
        }
        return new RemediationView(observation.phase(), "", newest, used);
    }

    private static String sentence(Candidate candidate) {
        return candidate.pod().name() + ": " + candidate.cause().sentence();
    }

    private static Run.Action action(
            Candidate candidate, Fleet fleet, Observation observation, DecisionSettings settings) {
        Run.Action allowed =
                switch (fleet.mode()) {
                    case DISABLED, OBSERVE -> Run.Action.OBSERVE;
                    case RECOMMEND -> Run.Action.RECOMMEND;
                    case AUTO -> Run.Action.REPLACE;
                };
        Run.Action action = candidate.most().compareTo(allowed) < 0 ? candidate.most() : allowed;
        boolean everywhere = Guard.notEverywhere(
                        candidate.cause(), candidate.pod().uid(), fleet, observation, settings)
                .isPresent();
        return everywhere && action == Run.Action.REPLACE ? Run.Action.OBSERVE : action;
    }

    private static Optional<String> escalated(List<Run> runs, Fleet fleet) {
        return runs.stream()
                .filter(r -> r.state() instanceof State.Escalated && r.routeGeneration() == fleet.generation())
                .findFirst()
                .map(r -> "run %d was escalated: change the route or delete that run".formatted(r.number()));
    }

    private static boolean toldBefore(
            Candidate candidate, Run.Action action, List<Run> runs, DecisionSettings settings, Instant now) {
        return runs.stream()
                .anyMatch(r -> r.podUid().equals(candidate.pod().uid())
                        && r.cause().sameAs(candidate.cause())
                        && r.action().compareTo(action) >= 0
                        && r.startedAt().plus(settings.maxCooldown()).isAfter(now));
    }

    private Run begin(
            Candidate candidate,
            Run.Action action,
            Fleet fleet,
            List<Run> runs,
            Observation observation,
            DecisionSettings settings,
            Instant now) {
        Vitals vitals = observation.vitals().get(candidate.pod().uid());
        int number = runs.isEmpty() ? 1 : runs.getLast().number() + 1;
        Run run = new Run(
                number,
                fleet.generation(),
                candidate.pod().uid(),
                candidate.pod().name(),
                vitals == null ? null : vitals.startedAt(),
                now,
                candidate.cause(),
                action,
                settings.cooldown(),
                Run.Progress.begun(now, candidate.cause().sentence() + "."),
                null);
        return run.resting(Recurrence.cooldown(run, runs, settings));
    }

    /** What a run left detached that ended, or was deleted, before it could put its pod back; in every mode. */
    private void putBackLeftovers(Fleet fleet) {
        fleet.pods().stream().filter(Fleet.Pod::isDetached).forEach(pods::reattach);
    }

    private RemediationView carryOut(Transition move, Run run, RunStateMachine rules) {
        int used = Guard.actionsInWindow(rules.runs(), null, rules.now());
        return switch (move) {
            case Transition.Wait(String because) ->
                new RemediationView(run.state().phase(), because, run, used);
            case Transition.Record(Run noted) -> RemediationView.of(journal.update(noted), used);
            case Transition.Redo(Effect effect) -> {
                Run repeated = effect == Effect.COLLECT ? journal.update(run.with(CUT_SHORT)) : run;
                yield RemediationView.of(perform(effect, repeated, rules), used);
            }
            case Transition.Advance(State next, String message, Effect effect) -> {
                boolean acts = effect == Effect.DETACH || effect == Effect.EVICT;
                if (acts && !isWithinBudget(run, rules)) {
                    yield carryOut(rules.refused("the cluster's actions of this hour are used"), run, rules);
                }
                Run entered = run.in(next, message);
                if (effect == Effect.EVICT) {
                    Replacement replacement = rules.replacement()
                            .map(p -> new Replacement(p.uid(), p.name()))
                            .orElse(null);
                    ProxyErrors errors = ProxyErrors.before(
                            rules.fleet(), rules.observation().vitals());
                    entered = entered.acting(rules.now(), replacement, errors);
                }
                yield RemediationView.of(perform(effect, journal.update(entered), rules), used);
            }
        };
    }

    /** Asked before the pod is detached, so that no replacement is started in vain, and again for each eviction. */
    private boolean isWithinBudget(Run run, RunStateMachine rules) {
        return budget.take(
                routeUid + "-" + run.number(),
                rules.now(),
                rules.settings().maxActionsPerHourInCluster(),
                DecisionSettings.WINDOW);
    }

    /**
     * Telling may take long, so a pod is touched before it is told, while the look that it was decided on is fresh;
     * what takes long itself is told before.
     */
    private Run perform(Effect effect, Run run, RunStateMachine rules) {
        if (effect == Effect.COLLECT || effect == Effect.COLLECT_DEEP) {
            evidence.progressed(run);
            Duration timeout = rules.captureTimeout();
            Run collected = journal.update(run.with(evidence.collect(run, effect == Effect.COLLECT_DEEP, timeout)));
            evidence.progressed(collected);
            return collected;
        }
        Optional<Fleet.Pod> victim = rules.fleet().pod(run.podUid()).filter(p -> !p.terminating());
        boolean impossible;
        try {
            impossible = touch(effect, victim);
        } finally {
            evidence.progressed(run);
        }
        return impossible ? escalate(run, rules.now(), victim.get()) : run;
    }

    /** @return whether that can never work */
    private boolean touch(Effect effect, Optional<Fleet.Pod> victim) {
        switch (effect) {
            case DETACH -> victim.filter(Fleet.Pod::attached).ifPresent(pods::detach);
            case REATTACH -> victim.filter(Fleet.Pod::isDetached).ifPresent(pods::reattach);
            case EVICT -> {
                return victim.isPresent() && pods.evict(victim.get()) == Ports.EvictionResult.IMPOSSIBLE;
            }
            case NONE, COLLECT, COLLECT_DEEP -> {}
        }
        return false;
    }

    /** Should it end before the pod is put back, the pod is a leftover. */
    private Run escalate(Run run, Instant now, Fleet.Pod victim) {
        Run escalated = journal.update(run.in(
                new State.Escalated(now),
                "The eviction of %s is impossible: more than one disruption budget selects it. It is put back."
                        .formatted(run.podName())));
        try {
            pods.reattach(victim);
        } finally {
            evidence.progressed(escalated);
        }
        return escalated;
    }
}
