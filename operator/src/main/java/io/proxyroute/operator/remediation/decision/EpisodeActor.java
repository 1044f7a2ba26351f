package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Move.Effect;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvidenceCollector;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Drives the episodes of one route, tick by tick. It remembers nothing between ticks: what it needs is in the cluster
 * and in the journal, so that any actor may take over from any other at any moment. Each tick reads the pods, then the
 * runs (in that order, so that whoever sees a detached pod sees the run that detached it), decides, writes the journal,
 * and only then touches anything; it does at most one such step. One thread at a time.
 */
public final class EpisodeActor {

    /** Stands in the journal while evidence is collected for the second time, so that there is no third. */
    private static final Run.Evidence CUT_SHORT =
            new Run.Evidence("The operator was interrupted twice while it collected evidence.", null);

    private final String routeUid;
    private final Pods pods;
    private final Journal journal;
    private final ActionBudget budget;
    private final EvidenceCollector evidence;
    private final Clock clock;

    /**
     * What a tick found.
     *
     * @param phase in a word: Off, Observe, Suspect, Confirm while no run is open, or the open run's phase
     * @param message in a sentence; empty when there is nothing to say
     * @param run the newest run; null before the first
     * @param actionsInWindow pods replaced in the last hour
     */
    public record Outlook(String phase, String message, Run run, int actionsInWindow) {}

    /** @param routeUid names the budget's entries; the ports are those of the same route */
    public EpisodeActor(
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
     * @param diagnoses of this moment, by pod UID
     * @throws Conflict when somebody else drives the route too: nothing was done
     * @throws Ports.Unavailable when a call failed: the next tick finds out how far it came
     */
    public Outlook tick(DecisionSettings settings, Map<String, Diagnosis> diagnoses) {
        Fleet fleet = pods.read();
        List<Run> runs = journal.runs();
        Instant now = notBefore(runs);
        Run newest = runs.isEmpty() ? null : runs.getLast();
        if (newest != null && !newest.state().terminal()) {
            return drive(
                    newest,
                    new EpisodeRules(
                            newest, runs, fleet, diagnoses, settings, evidence.errorsWithout(newest.podUid()), now));
        }
        if (fleet.mode() == Mode.OFF) {
            return new Outlook("Off", "", newest, Guard.actionsInWindow(runs, null, now));
        }
        return open(fleet, runs, newest, diagnoses, settings, now);
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

    private Outlook open(
            Fleet fleet,
            List<Run> runs,
            Run newest,
            Map<String, Diagnosis> diagnoses,
            DecisionSettings settings,
            Instant now) {
        int used = Guard.actionsInWindow(runs, null, now);
        Optional<String> quiet = Guard.quiet(fleet, settings, now);
        if (quiet.isEmpty()) {
            putBackLeftovers(fleet);
        }
        List<Candidate> candidates = Candidate.among(fleet, diagnoses, settings, now);
        String held = "";
        for (Candidate candidate : candidates) {
            Run.Action action = action(candidate, fleet, diagnoses, settings);
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
            Run created = journal.create(begin(candidate, action, fleet, runs, settings, now));
            evidence.progressed(created);
            return new Outlook("Confirm", created.message(), created, used);
        }
        if (!held.isEmpty() || !candidates.isEmpty()) {
            String phase = quiet.isPresent() && fleet.mode() == Mode.AUTO ? "Paused" : "Confirm";
            return new Outlook(phase, held.isEmpty() ? sentence(candidates.getFirst()) : held, newest, used);
        }
        boolean suspect = diagnoses.values().stream()
                .anyMatch(d -> d.health() == Health.SUSPECT || d.health() == Health.CONFIRMED);
        return new Outlook(suspect ? "Suspect" : "Observe", "", newest, used);
    }

    private static String sentence(Candidate candidate) {
        return candidate.pod().name() + ": " + candidate.cause().sentence();
    }

    private static Run.Action action(
            Candidate candidate, Fleet fleet, Map<String, Diagnosis> diagnoses, DecisionSettings settings) {
        Run.Action allowed =
                switch (fleet.mode()) {
                    case OFF, OBSERVE -> Run.Action.OBSERVE;
                    case RECOMMEND -> Run.Action.RECOMMEND;
                    case AUTO -> Run.Action.REPLACE;
                };
        Run.Action action = candidate.most().compareTo(allowed) < 0 ? candidate.most() : allowed;
        boolean everywhere = Guard.notEverywhere(candidate.cause(), fleet, diagnoses, settings)
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
            DecisionSettings settings,
            Instant now) {
        int number = runs.isEmpty() ? 1 : runs.getLast().number() + 1;
        Run run = new Run(
                number,
                fleet.generation(),
                candidate.pod().uid(),
                candidate.pod().name(),
                now,
                candidate.cause(),
                action,
                settings.cooldown(),
                Run.Progress.begun(now, candidate.cause().sentence() + "."),
                null);
        return run.resting(EpisodeRules.cooldown(EpisodeRules.timesIneffective(run, runs), settings));
    }

    private void putBackLeftovers(Fleet fleet) {
        fleet.pods().stream().filter(p -> !p.attached() && !p.terminating()).forEach(pods::reattach);
    }

    private Outlook drive(Run run, EpisodeRules rules) {
        Move move = rules.next();
        int used = Guard.actionsInWindow(rules.runs(), null, rules.now());
        return switch (move) {
            case Move.Hold(String because) -> new Outlook(word(run.state().phase()), because, run, used);
            case Move.Repeat(Effect effect) -> {
                Run repeated = effect == Effect.COLLECT ? journal.update(run.with(CUT_SHORT)) : run;
                Run after = perform(effect, repeated, rules);
                yield new Outlook(word(after.state().phase()), after.message(), after, used);
            }
            case Move.Enter(State next, String message, Effect effect) -> {
                Run entered = run.in(next, message);
                if (effect == Effect.EVICT) {
                    DecisionSettings settings = rules.settings();
                    boolean taken = budget.take(
                            routeUid + "-" + run.number(),
                            rules.now(),
                            settings.maxActionsPerHourInCluster(),
                            DecisionSettings.WINDOW);
                    if (!taken) {
                        yield new Outlook(
                                word(run.state().phase()), "the cluster's actions of this hour are used", run, used);
                    }
                    Replacement replacement = rules.fleet()
                            .youngestWithout(run.podUid())
                            .map(p -> new Replacement(p.uid(), p.name()))
                            .orElse(null);
                    entered = entered.acting(rules.now(), replacement, rules.errors());
                }
                Run written = journal.update(entered);
                evidence.progressed(written);
                Run after = perform(effect, written, rules);
                yield new Outlook(word(after.state().phase()), after.message(), after, used);
            }
        };
    }

    private Run perform(Effect effect, Run run, EpisodeRules rules) {
        Optional<Fleet.Pod> victim = rules.fleet().pod(run.podUid()).filter(p -> !p.terminating());
        switch (effect) {
            case NONE -> {}
            case DETACH -> victim.filter(Fleet.Pod::attached).ifPresent(pods::detach);
            case REATTACH -> victim.filter(p -> !p.attached()).ifPresent(pods::reattach);
            case COLLECT, COLLECT_DEEP -> {
                Duration timeout = rules.captureTimeout();
                Run collected = journal.update(run.with(evidence.collect(run, effect == Effect.COLLECT_DEEP, timeout)));
                evidence.progressed(collected);
                return collected;
            }
            case EVICT -> {
                if (victim.isPresent() && pods.evict(victim.get()) == Ports.EvictionResult.IMPOSSIBLE) {
                    return escalate(run, rules.now(), victim.get());
                }
            }
        }
        return run;
    }

    private Run escalate(Run run, Instant now, Fleet.Pod victim) {
        Run escalated = journal.update(run.in(
                new State.Escalated(now),
                "The eviction of %s is impossible: more than one disruption budget selects it. It is put back."
                        .formatted(run.podName())));
        evidence.progressed(escalated);
        pods.reattach(victim);
        return escalated;
    }

    /** A phase as users read it. */
    public static String word(Phase phase) {
        return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
    }
}
