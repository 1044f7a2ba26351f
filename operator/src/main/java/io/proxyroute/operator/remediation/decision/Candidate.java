package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A confirmed finding that calls for action now.
 *
 * @param pod pod that has the finding
 * @param cause the finding
 * @param maxAction the strongest action that the user allows for this finding
 * @param exhaustedAt when the pod would fail; the far future if unknown
 */
record Candidate(Fleet.Pod pod, Cause cause, Run.Action maxAction, Instant exhaustedAt) {

    /**
     * All candidates, the most urgent first. The more pods leak, the earlier each is due, since they are replaced one
     * after the other. A finding that a slow backend explains is no candidate: a restart would not help.
     */
    static List<Candidate> among(TickInput input) {
        Observation observation = input.observation();
        List<Fleet.Pod> confirmed = input.fleet().pods().stream()
                .filter(p -> p.attached() && !p.terminating())
                .filter(p -> isConfirmed(p, observation.diagnoses().get(p.uid()), input))
                .toList();
        long leaking = confirmed.stream()
                .filter(p -> isLeaking(observation.diagnoses().get(p.uid())))
                .count();
        Instant dueBefore = input.now().plus(input.settings().actWithin(leaking));
        return confirmed.stream()
                .flatMap(p -> of(p, observation.diagnoses().get(p.uid()), dueBefore))
                .sorted(Comparator.comparing((Candidate c) -> c.cause().kind()).thenComparing(Candidate::exhaustedAt))
                .toList();
    }

    private static boolean isConfirmed(Fleet.Pod pod, Diagnosis diagnosis, TickInput input) {
        return diagnosis != null
                && diagnosis.podUid().equals(pod.uid())
                && diagnosis.health() == Health.CONFIRMED
                && !diagnosis
                        .at()
                        .plus(input.settings().detection().staleAfter())
                        .isBefore(input.now());
    }

    private static boolean isLeaking(Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .anyMatch(f -> f instanceof Finding.Leak leak
                        && leak.confirmed()
                        && !diagnosis.isExplained(leak.evidence().signal()));
    }

    private static Stream<Candidate> of(Fleet.Pod pod, Diagnosis diagnosis, Instant dueBefore) {
        return diagnosis.findings().stream()
                .flatMap(finding -> of(pod, finding, dueBefore).stream())
                .filter(candidate -> !diagnosis.isExplained(candidate.cause().signal()));
    }

    private static Optional<Candidate> of(Fleet.Pod pod, Finding finding, Instant dueBefore) {
        return switch (finding) {
            case Finding.Leak leak
            when leak.confirmed() && leak.evidence().actBy().isBefore(dueBefore) ->
                Optional.of(new Candidate(
                        pod,
                        new Cause(Cause.Kind.LEAK, leak.evidence().signal(), null, leak.message()),
                        Run.Action.REPLACE,
                        leak.evidence().exhaustedAt()));
            case Finding.Breach breach
            when breach.sustained() -> {
                ThresholdRule rule = breach.rule();
                Cause cause = new Cause(Cause.Kind.THRESHOLD, rule.signal(), rule.name(), breach.message());
                Run.Action maxAction = Run.Action.valueOf(rule.action().name());
                yield Optional.of(new Candidate(pod, cause, maxAction, Instant.MAX));
            }
            default -> Optional.empty();
        };
    }
}
