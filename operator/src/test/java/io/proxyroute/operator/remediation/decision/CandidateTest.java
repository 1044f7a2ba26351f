package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakEvidence;
import io.proxyroute.operator.remediation.detection.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With the API's defaults a leaking pod is due two hours before its latest safe moment. */
class CandidateTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void singleLeakingPodIsNotDueEarly() {
        assertThat(due(1, Duration.ofHours(3))).isEmpty();
        assertThat(due(1, Duration.ofMinutes(119))).hasSize(1);
    }

    @Test
    void manyLeakingPodsAreDueEarlier() {
        assertThat(due(4, Duration.ofHours(3))).isEmpty();
        assertThat(due(6, Duration.ofHours(3))).hasSize(6);
        assertThat(due(6, Duration.ofHours(4))).isEmpty();
        assertThat(due(200, Duration.ofHours(23))).hasSize(200);
        assertThat(due(200, Duration.ofHours(25))).as("beyond the horizon").isEmpty();
    }

    private static List<Candidate> due(int leaking, Duration left) {
        List<Fleet.Pod> pods = IntStream.range(0, leaking)
                .mapToObj(i -> new Fleet.Pod("pod-" + i, "pod-" + i, "1", true, false, true, false, NOW))
                .toList();
        Map<String, Diagnosis> diagnoses = pods.stream()
                .map(pod -> leak(pod.uid(), left))
                .collect(Collectors.toMap(Diagnosis::podUid, Function.identity()));
        return Candidate.among(new TickInput(
                List.of(),
                new Fleet(1, Mode.AUTO, false, false, leaking, 0, pods, ""),
                new Observation(diagnoses, Map.of(), null),
                DiagnosisFixtures.ordinary(3, 30, List.of()),
                NOW));
    }

    private static Diagnosis leak(String uid, Duration left) {
        Instant actBy = NOW.plus(left);
        LeakEvidence evidence =
                new LeakEvidence(Signal.LIVE_SET, NOW, NOW, 20, 50, 100, 1, 0.1, actBy.plusSeconds(600), actBy);
        return new Diagnosis(
                uid,
                NOW,
                Health.CONFIRMED,
                DiagnosisFixtures.cleanSamples(0),
                List.of(new Finding.Leak(evidence, true)));
    }
}
