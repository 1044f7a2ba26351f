package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.ClusterModel.ModelPod;
import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakEvidence;
import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.Subject;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import io.proxyroute.operator.remediation.loop.DefaultSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Settings and diagnoses for tests over the cluster model. */
final class DiagnosisFixtures {

    static final ThresholdRule RULE = rule("many", 10, ThresholdRule.Action.REPLACE);
    static final ThresholdRule REPORTED = rule("some", 5, ThresholdRule.Action.OBSERVE);

    private DiagnosisFixtures() {}

    /** The same number of clean samples for each subject. */
    static Map<Subject, Integer> cleanSamples(int samples) {
        return Map.of(
                new Subject(Signal.LIVE_SET, null), samples,
                new Subject(RULE.signal(), RULE.name()), samples,
                new Subject(REPORTED.signal(), REPORTED.name()), samples);
    }

    static RunExecutor executor(ClusterModel cluster, Duration skew) {
        return new RunExecutor("route", cluster, cluster, cluster, cluster, cluster, new Clock() {
            @Override
            public Instant instant() {
                return cluster.now.plus(skew);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        });
    }

    static ThresholdRule rule(String name, double above, ThresholdRule.Action action) {
        return new ThresholdRule(name, Signal.THREADS, new ThresholdRule.Above(above), Duration.ofSeconds(10), action);
    }

    /** Short durations, so that many events coincide. */
    static DecisionSettings brisk(int perRoute, int perCluster, List<Blackout> blackouts) {
        return new DecisionSettings(
                new DetectionSettings(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        List.of(RULE, REPORTED),
                        DefaultSettings.get().detection().leak()),
                new DecisionSettings.GuardSettings(
                        75, 50, perRoute, perCluster, Duration.ofSeconds(60), Duration.ofMinutes(10), blackouts),
                Duration.ofSeconds(15),
                Duration.ofMinutes(2),
                new DecisionSettings.Eviction(Duration.ofSeconds(5), Duration.ofMinutes(3)),
                new DecisionSettings.Verify(2, Duration.ofMinutes(3)));
    }

    /** The defaults of the API. */
    static DecisionSettings ordinary(int perRoute, int perCluster, List<Blackout> blackouts) {
        return new DecisionSettings(
                new DetectionSettings(
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(1),
                        List.of(RULE, REPORTED),
                        DefaultSettings.get().detection().leak()),
                new DecisionSettings.GuardSettings(
                        75, 50, perRoute, perCluster, Duration.ofMinutes(10), Duration.ofHours(6), blackouts),
                Duration.ofSeconds(15),
                Duration.ofMinutes(5),
                new DecisionSettings.Eviction(Duration.ofSeconds(5), Duration.ofMinutes(10)),
                new DecisionSettings.Verify(2, Duration.ofMinutes(10)));
    }

    static Diagnosis leak(ModelPod pod, Instant at) {
        LeakEvidence evidence = new LeakEvidence(
                Signal.LIVE_SET, at, at, 20, 50, 100, 1, 0.1, at.plusSeconds(300), at.plusSeconds(200));
        return new Diagnosis(pod.uid, at, Health.CONFIRMED, cleanSamples(0), List.of(new Finding.Leak(evidence, true)));
    }

    static Diagnosis breach(ModelPod pod, ThresholdRule rule, Instant at) {
        Finding finding = new Finding.Breach(rule, 20, 10, at, at, true);
        return new Diagnosis(pod.uid, at, Health.CONFIRMED, cleanSamples(0), List.of(finding));
    }

    static Diagnosis fine(ModelPod pod, Instant at) {
        return new Diagnosis(pod.uid, at, Health.HEALTHY, cleanSamples(3), List.of());
    }
}
