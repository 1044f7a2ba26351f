package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.Subject;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What must hold before a pod is touched. Each answer is empty for yes, or a sentence that says why not. */
final class Guard {

    private Guard() {}

    /** No pause, rollout or blackout. */
    static Optional<String> quiet(Fleet fleet, DecisionSettings settings, Instant now) {
        if (fleet.paused()) {
            return Optional.of("the route bears the pause annotation");
        }
        if (fleet.rollout()) {
            return Optional.of("a rollout is in progress");
        }
        return settings.blackouts().stream().anyMatch(b -> b.contains(now))
                ? Optional.of("this is a blackout window")
                : Optional.empty();
    }

    /** Enough actions left in the hour for this route. */
    static Optional<String> rate(List<Run> runs, Run self, DecisionSettings settings, Instant now) {
        int used = actionsInWindow(runs, self, now);
        return used >= settings.maxActionsPerHour()
                ? Optional.of("%d of %d actions of this hour are used".formatted(used, settings.maxActionsPerHour()))
                : Optional.empty();
    }

    /** Pods detached or evicted in the last hour, once for each run, that of {@code self} left out. */
    static int actionsInWindow(List<Run> runs, Run self, Instant now) {
        Instant from = now.minus(DecisionSettings.WINDOW);
        return (int) runs.stream()
                .filter(r -> self == null || r.number() != self.number())
                .filter(r -> r.touchedAt().filter(at -> at.isAfter(from)).isPresent())
                .count();
    }

    /** Enough pods serve without this one. */
    static Optional<String> enough(Fleet fleet, String podUid, DecisionSettings settings) {
        int needed = Math.max(fleet.minAvailable(), Math.ceilDiv(settings.minHealthyPercent() * fleet.wanted(), 100));
        int ready = fleet.readyWithout(podUid);
        return ready < needed
                ? Optional.of("%d pods would be ready and %d must be".formatted(ready, needed))
                : Optional.empty();
    }

    /** There is a fresh look at this very pod, and it tells of what the run is about. */
    static Optional<String> known(Run run, Observation observation, DecisionSettings settings, Instant now) {
        Diagnosis diagnosis = observation.diagnoses().get(run.podUid());
        boolean fresh = diagnosis != null
                && diagnosis.podUid().equals(run.podUid())
                && diagnosis.isSampled()
                && !diagnosis.at().plus(settings.detection().staleAfter()).isBefore(now);
        if (!fresh) {
            return Optional.of("there is no fresh sample of the pod");
        }
        Subject subject = run.cause().subject();
        return diagnosis.knows(subject) || !settings.detection().watches(subject)
                ? Optional.empty()
                : Optional.of("whether the finding still holds is not known, for want of a fresh measurement of %s"
                        .formatted(subject.signal().words()));
    }

    /** The pod's process is still the one in which it was found. A container may start over within its pod. */
    static Optional<String> sameProcess(Run run, Observation observation) {
        Vitals vitals = observation.vitals().get(run.podUid());
        boolean other = vitals != null
                && run.processStartedAt() != null
                && !vitals.startedAt().equals(run.processStartedAt());
        return other ? Optional.of("its process has started over") : Optional.empty();
    }

    /**
     * A fresh look at this very pod still finds what the run is about. It was confirmed when the run began; a verdict or
     * two that do not agree are noise, none that agrees is not.
     */
    static Optional<String> stillFound(Run run, Observation observation, DecisionSettings settings, Instant now) {
        Optional<String> unknown = known(run, observation, settings, now);
        if (unknown.isPresent()) {
            return unknown;
        }
        Diagnosis diagnosis = observation.diagnoses().get(run.podUid());
        boolean found = diagnosis.findings().stream().anyMatch(f -> isAbout(run.cause(), f));
        return found && !diagnosis.isExplained(run.cause().signal())
                ? Optional.empty()
                : Optional.of("the finding does not hold any more");
    }

    /**
     * Not so many pods are in breach or unknown at once that the cause must lie elsewhere. The pod itself counts, attached
     * or not. Leaks are exempt.
     */
    static Optional<String> notEverywhere(
            Cause cause, String podUid, Fleet fleet, Observation observation, DecisionSettings settings) {
        if (cause.kind() == Cause.Kind.LEAK) {
            return Optional.empty();
        }
        List<Diagnosis> looks = Stream.concat(
                        fleet.servingWithout(podUid), fleet.pod(podUid).filter(Fleet.Pod::serves).stream())
                .map(p -> observation.diagnoses().getOrDefault(p.uid(), Diagnosis.unknown(p.uid(), Instant.MIN)))
                .toList();
        long suspects = looks.stream()
                .filter(d -> d.health() != Health.WARMING_UP && !d.knows(cause.subject())
                        || d.findings().stream().anyMatch(Finding.Breach.class::isInstance))
                .count();
        int pods = Math.max(fleet.wanted(), looks.size());
        return suspects > Math.max(1, settings.maxSuspectPercent() * pods / 100)
                ? Optional.of("%d pods of %d are in breach or unknown at once, so the cause is not in this one"
                        .formatted(suspects, pods))
                : Optional.empty();
    }

    /** A threshold is known by its name, which is its own; the user may have changed meanwhile what it leads to. */
    private static boolean isAbout(Cause cause, Finding finding) {
        return cause.subject().equals(finding.subject()) && callsForReplacement(finding);
    }

    /** Not what the user only wants to be told. */
    static boolean callsForReplacement(Finding finding) {
        return !(finding instanceof Finding.Breach breach) || breach.rule().action() == ThresholdRule.Action.REPLACE;
    }
}
