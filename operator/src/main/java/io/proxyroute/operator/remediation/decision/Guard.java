package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.DecisionSettings.GuardSettings;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.Subject;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must hold before a pod is touched. Each method is named for the obstacle that it looks for, and returns a clause
 * that describes it; empty if the obstacle is absent.
 */
final class Guard {

    private Guard() {}

    /** A pause, a rollout or a blackout. */
    static Optional<String> blockedNow(TickInput input) {
        if (input.fleet().paused()) {
            return Optional.of("the route has the annotation proxyroute.io/paused or is being deleted");
        }
        if (input.fleet().rollout()) {
            return Optional.of("a rollout is in progress");
        }
        return input.settings().guard().blackouts().stream().anyMatch(b -> b.contains(input.now()))
                ? Optional.of("a blackout window is active")
                : Optional.empty();
    }

    /**
     * The route has used its actions per hour.
     *
     * @param self a run whose own action does not count; null if there is none
     */
    static Optional<String> rateExceeded(TickInput input, Run self) {
        int used = actionsInWindow(input.runs(), self, input.now());
        int max = input.settings().guard().maxActionsPerHour();
        return used >= max
                ? Optional.of("the route has used %d of its %d actions per hour".formatted(used, max))
                : Optional.empty();
    }

    /** Pods detached or evicted in the last hour, one per run, without that of {@code self}. */
    static int actionsInWindow(List<Run> runs, Run self, Instant now) {
        Instant from = now.minus(DecisionSettings.WINDOW);
        return (int) runs.stream()
                .filter(r -> self == null || r.number() != self.number())
                .filter(r -> r.touchedAt().filter(at -> at.isAfter(from)).isPresent())
                .count();
    }

    /** Too few pods would be ready without this one. */
    static Optional<String> belowMinHealthy(TickInput input, String podUid) {
        Fleet fleet = input.fleet();
        int percent = input.settings().guard().minHealthyPercent();
        int needed = Math.max(fleet.minAvailable(), Math.ceilDiv(percent * fleet.desired(), 100));
        int ready = fleet.readyWithout(podUid);
        return ready < needed
                ? Optional.of("only %d of the required %d pods would be ready without it".formatted(ready, needed))
                : Optional.empty();
    }

    /** No recent sample of this pod covers the finding. */
    static Optional<String> findingUnknown(Run run, TickInput input) {
        Diagnosis diagnosis = input.observation().diagnoses().get(run.podUid());
        boolean fresh = diagnosis != null
                && diagnosis.podUid().equals(run.podUid())
                && diagnosis.isSampled()
                && !diagnosis
                        .at()
                        .plus(input.settings().detection().staleAfter())
                        .isBefore(input.now());
        if (!fresh) {
            return Optional.of("the pod has no recent sample");
        }
        Subject subject = run.cause().subject();
        return diagnosis.isKnown(subject) || !input.settings().detection().isMonitored(subject)
                ? Optional.empty()
                : Optional.of("there is no recent measurement of %s, so it is unknown whether the finding still holds"
                        .formatted(subject.signal().label()));
    }

    /** The process with the finding has restarted; a container may restart within its pod. */
    static Optional<String> processRestarted(Run run, Observation observation) {
        ProcessStatus process = observation.processes().get(run.podUid());
        boolean restarted = process != null
                && run.processStartedAt() != null
                && !process.startedAt().equals(run.processStartedAt());
        return restarted ? Optional.of("its process has restarted") : Optional.empty();
    }

    /**
     * A recent sample of this pod no longer shows the finding, or there is none. The finding was confirmed when the run
     * started, so a few evaluations that disagree are noise; it is gone when none agrees.
     */
    static Optional<String> findingGone(Run run, TickInput input) {
        Optional<String> unknown = findingUnknown(run, input);
        if (unknown.isPresent()) {
            return unknown;
        }
        Diagnosis diagnosis = input.observation().diagnoses().get(run.podUid());
        boolean found = diagnosis.findings().stream().anyMatch(f -> isAbout(run.cause(), f));
        return found && !diagnosis.isExplained(run.cause().signal())
                ? Optional.empty()
                : Optional.of("the finding no longer holds");
    }

    /**
     * So many pods breach thresholds or are unknown at the same time that the cause is not in this pod. The pod itself
     * counts, attached or not. Leaks are exempt.
     */
    static Optional<String> fleetWide(Cause cause, String podUid, TickInput input) {
        if (cause.kind() == Cause.Kind.LEAK) {
            return Optional.empty();
        }
        Fleet fleet = input.fleet();
        List<Diagnosis> diagnoses = Stream.concat(
                        fleet.servingWithout(podUid), fleet.pod(podUid).filter(Fleet.Pod::isServing).stream())
                .map(p ->
                        input.observation().diagnoses().getOrDefault(p.uid(), Diagnosis.unknown(p.uid(), Instant.MIN)))
                .toList();
        long suspects = diagnoses.stream()
                .filter(d -> d.health() != Health.WARMING_UP && !d.isKnown(cause.subject())
                        || d.findings().stream().anyMatch(Finding.Breach.class::isInstance))
                .count();
        int pods = Math.max(fleet.desired(), diagnoses.size());
        GuardSettings settings = input.settings().guard();
        return suspects > Math.max(1, settings.maxSuspectPercent() * pods / 100)
                ? Optional.of("%d of %d pods are in breach or unknown at the same time, so the cause is not in this pod"
                        .formatted(suspects, pods))
                : Optional.empty();
    }

    /** A threshold is identified by its name; the user may have changed its action in the meantime. */
    private static boolean isAbout(Cause cause, Finding finding) {
        return cause.subject().equals(finding.subject()) && callsForReplacement(finding);
    }

    /** Whether the finding may lead to a replacement. */
    static boolean callsForReplacement(Finding finding) {
        return !(finding instanceof Finding.Breach breach) || breach.rule().action() == ThresholdRule.Action.REPLACE;
    }
}
