package io.proxyroute.operator.remediation.decision;

import static io.proxyroute.operator.remediation.decision.DiagnosisFixtures.breach;
import static io.proxyroute.operator.remediation.decision.DiagnosisFixtures.fine;
import static io.proxyroute.operator.remediation.decision.DiagnosisFixtures.leak;
import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.ClusterModel.ModelPod;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.Subject;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Single scenarios without failures over the cluster model, which also checks the invariants. */
class RunStepsTest {

    private static final Duration STEP = Duration.ofSeconds(5);

    private final ClusterModel cluster =
            new ClusterModel(new SplittableRandom(1), DiagnosisFixtures.brisk(3, 3, List.of()), 2, 0);
    private final RunExecutor executor = DiagnosisFixtures.executor(cluster, Duration.ZERO);
    private final ModelPod victim = cluster.pods.getFirst();
    private final ModelPod sibling = cluster.pods.getLast();
    /** The last processes of all pods, including those that are gone. */
    private final Map<String, ProcessStatus> processes = new HashMap<>();
    /** The diagnosis of the victim. */
    private Function<ModelPod, Diagnosis> victimDiagnosis = pod -> leak(pod, cluster.now);
    /** The diagnosis of other pods. */
    private Function<ModelPod, Diagnosis> otherDiagnosis = pod -> fine(pod, cluster.now);

    @Nested
    class FindingOfAnOpenRun {

        @Test
        void abortsIfSurgeEndsFinding() {
            surge();
            victimDiagnosis = pod -> fine(pod, cluster.now);

            ticks(4);
            assertThat(run().state()).as("one more check").isInstanceOf(State.Capture.class);
            until(() -> !run().isOpen());

            assertAborted("the finding no longer holds");
        }

        /** Like a pool that is full unless another pod shares its load. */
        @Test
        void doublesCooldownAfterEachAbortedRun() {
            victimDiagnosis = pod -> pod.attached ? leak(pod, cluster.now) : fine(pod, cluster.now);

            until(() -> cluster.runs.size() == 4);

            assertThat(cluster.evictions).isEmpty();
            assertThat(cluster.runs.stream().map(run -> run.cooldown().toMinutes()))
                    .containsExactly(1L, 2L, 4L, 8L);
            List<Instant> starts = cluster.runs.stream().map(Run::startedAt).toList();
            assertThat(Duration.between(starts.get(0), starts.get(3)))
                    .as("three are allowed in an hour")
                    .isGreaterThanOrEqualTo(DecisionSettings.WINDOW);
        }

        @Test
        void ignoresBriefAbsenceOfFinding() {
            surge();
            victimDiagnosis = pod -> fine(pod, cluster.now);
            ticks(3);
            victimDiagnosis = pod -> leak(pod, cluster.now);
            until(() -> !run().isOpen());

            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
        }

        @Test
        void waitsForMissingSamplesThenAborts() {
            surge();
            victimDiagnosis = pod -> Diagnosis.unknown(pod.uid, cluster.now);
            ticks(4);
            assertThat(tick().message()).isEqualTo("the pod has no recent sample");
            until(() -> !run().isOpen());

            assertAborted("the pod has no recent sample");
        }

        @Test
        void missingMeasurementDoesNotEndFinding() {
            surge();
            victimDiagnosis = pod -> new Diagnosis(
                    pod.uid, cluster.now, Health.UNKNOWN, Map.of(new Subject(Signal.THREADS, "many"), 9), List.of());
            until(() -> !run().isOpen());

            assertAborted(
                    "there is no recent measurement of live set, so it is unknown whether the finding still holds");
        }

        @Test
        void abortsIfProcessRestarts() {
            surge();
            cluster.restart(victim);
            ticks(1);

            assertThat(outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(run().message()).contains("its process has restarted");
            until(() -> !run().isOpen());
            assertAborted("its process has restarted");
        }

        @Test
        void abortsIfBreachBecomesFleetWide() {
            victimDiagnosis = pod -> breach(pod, DiagnosisFixtures.RULE, cluster.now);
            surge();
            otherDiagnosis = pod -> breach(pod, DiagnosisFixtures.RULE, cluster.now);
            until(() -> !run().isOpen());

            assertAborted("3 of 3 pods are in breach or unknown at the same time");
        }

        @Test
        void abortsIfOnlyAnotherThresholdIsBreached() {
            victimDiagnosis = pod -> breach(pod, DiagnosisFixtures.RULE, cluster.now);
            surge();
            victimDiagnosis = pod -> breach(pod, DiagnosisFixtures.REPORTED, cluster.now);
            until(() -> !run().isOpen());

            assertAborted("the finding no longer holds");
        }

        @Test
        void abortsIfThresholdNoLongerAllowsReplacement() {
            victimDiagnosis = pod -> breach(pod, DiagnosisFixtures.RULE, cluster.now);
            surge();
            victimDiagnosis = pod -> breach(
                    pod,
                    DiagnosisFixtures.rule(DiagnosisFixtures.RULE.name(), 10, ThresholdRule.Action.OBSERVE),
                    cluster.now);
            until(() -> !run().isOpen());

            assertAborted("the finding no longer holds");
        }
    }

    @Nested
    class ClusterBudget {

        @Test
        void waitsWhileClusterBudgetIsUsed() {
            spendClusterBudget(3);
            until(() -> run() != null && run().evidence() != null);
            ticks(30);

            assertThat(tick().message())
                    .isEqualTo(
                            "the actions per hour that --max-actions-per-hour allows are used up, or the share of this route or its namespace is");
            assertThat(victim.attached).isTrue();

            cluster.recorded.clear();
            until(() -> !run().isOpen());
            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
        }

        @Test
        void reattachesIfClusterBudgetIsUsedAfterDetaching() {
            surge();
            cluster.paused = true;
            ticks(2);
            cluster.recorded.clear();
            spendClusterBudget(3);
            cluster.paused = false;
            until(() -> !run().isOpen());

            assertAborted(
                    "the actions per hour that --max-actions-per-hour allows are used up, or the share of this route or its namespace is");
        }
    }

    @Nested
    class Surge {

        @Test
        void retryOfEvictionNeedsServingReplacement() {
            cluster.blocked = true;
            until(() -> run() != null && run().state() instanceof State.Act);
            ModelPod replacement = replacement();
            cluster.replacementsStart = false;
            replacement.ready = false;
            cluster.blocked = false;
            ticks(10);
            assertThat(cluster.evictions).isEmpty();

            cluster.replacementsStart = true;
            until(() -> !run().isOpen());
            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
            assertThat(run().replacement().podUid()).isEqualTo(replacement.uid);
        }

        @Test
        void unreadyPodIsNotReplacement() {
            cluster.blocked = true;
            until(() -> run() != null && run().state() instanceof State.Act);
            ModelPod replacement = replacement();
            cluster.replacementsStart = false;
            cluster.end(sibling);
            cluster.blocked = false;
            ticks(10);
            assertThat(cluster.evictions).as("one of two does not serve").isEmpty();
            assertThat(run().replacement().podUid()).isEqualTo(replacement.uid);
        }

        @Test
        void doesNotEvictWithoutReplacement() {
            until(() -> run() != null && run().state() instanceof State.Prepare);
            cluster.desired = 1;
            cluster.trouble = "Pods cannot be created: exceeded quota.";
            until(() -> !run().isOpen());

            assertThat(cluster.evictions).isEmpty();
            assertThat(outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(run().message())
                    .endsWith("its replacement is not ready and warm: Pods cannot be created: exceeded quota.");
        }
    }

    @Nested
    class ChangedMode {

        @Test
        void endsBeforeCaptureIfModeForbidsRun() {
            until(() -> run() != null);
            assertThat(run().state()).isInstanceOf(State.Confirm.class);
            cluster.mode = Mode.OBSERVE;
            ticks(1);

            assertThat(run().state()).isInstanceOf(State.Done.class);
            assertThat(outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(run().evidence()).isNull();
        }

        @Test
        void endsPausedRunIfModeForbidsIt() {
            until(() -> run() != null);
            cluster.paused = true;
            ticks(2);
            assertThat(run().state()).isInstanceOf(State.Paused.class);
            cluster.mode = Mode.DISABLED;
            ticks(1);

            assertThat(outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(run().evidence()).isNull();
        }

        @Test
        void endsRecommendationIfModeIsObserve() {
            cluster.mode = Mode.RECOMMEND;
            until(() -> run() != null && run().evidence() != null);
            cluster.mode = Mode.DISABLED;
            ticks(1);

            assertThat(outcome()).isEqualTo(Outcome.ABORTED);
        }

        @Test
        void disabledModeReattachesDetachedPod() {
            surge();
            cluster.runs.clear();
            cluster.mode = Mode.DISABLED;
            ticks(1);

            assertThat(victim.attached).isTrue();
        }
    }

    @Test
    void ignoresPodDetachedByUser() {
        cluster.setAttached(sibling, false);
        victimDiagnosis = pod -> fine(pod, cluster.now);
        for (Mode mode : Mode.values()) {
            cluster.mode = mode;
            ticks(3);
        }

        assertThat(sibling.attached).isFalse();
    }

    @Nested
    class Verify {

        @Test
        void recoversOnlyIfAllPodsServeCurrentConfig() {
            until(() -> !cluster.evictions.isEmpty());
            replacement().configHash = "old";
            ticks(30);
            assertThat(run().state()).isInstanceOf(State.Verify.class);

            replacement().configHash = ClusterModel.CONFIG;
            until(() -> !run().isOpen());
            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
        }

        @Test
        void countsErrorsUntilPodIsGone() {
            sibling.errors = 40;
            until(() -> !cluster.evictions.isEmpty());
            victim.errors = 2;
            processes.put(victim.uid, victim.processes());
            until(() -> !run().isOpen());

            assertThat(outcome()).isEqualTo(Outcome.INEFFECTIVE);
            assertThat(run().message()).contains("proxies lost 2 responses due to proxy errors during the eviction");
        }

        @Test
        void ignoresLaterErrors() {
            sibling.errors = 40;
            otherDiagnosis = pod -> warmingUp(pod);
            until(() -> !cluster.evictions.isEmpty());
            until(() -> run().errors().duringEviction() != null);
            sibling.errors = 50;
            otherDiagnosis = pod -> fine(pod, cluster.now);
            until(() -> !run().isOpen());

            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
        }

        @Test
        void ignoresOtherFindingsOfReplacement() {
            until(() -> !cluster.evictions.isEmpty());
            otherDiagnosis = pod -> new Diagnosis(
                    pod.uid,
                    cluster.now,
                    Health.CONFIRMED,
                    DiagnosisFixtures.cleanSamples(3),
                    breach(pod, DiagnosisFixtures.REPORTED, cluster.now).findings());
            until(() -> !run().isOpen());

            assertThat(outcome()).isEqualTo(Outcome.RECOVERED);
        }

        @Test
        void needsReplacementWithoutSameSignal() {
            otherDiagnosis = pod -> breach(pod, DiagnosisFixtures.REPORTED, cluster.now);
            until(() -> !cluster.evictions.isEmpty());
            until(() -> !run().isOpen());

            assertThat(outcome()).isEqualTo(Outcome.INEFFECTIVE);
            assertThat(run().message())
                    .isEqualTo("The replacement had too few clean samples within spec.remediation.verify.timeout.");
        }

        @Test
        void reportsReplacementWithSameFinding() {
            otherDiagnosis = pod -> warmingUp(pod);
            until(() -> !cluster.evictions.isEmpty());
            otherDiagnosis = pod -> leak(pod, cluster.now);
            until(() -> run().state() instanceof State.Cooldown);

            assertThat(outcome()).isEqualTo(Outcome.INEFFECTIVE);
            assertThat(run().message()).contains("shows the same finding: Growth of live set");
        }
    }

    /** A slow listener must not delay an action until its decision is outdated. */
    @Test
    void touchesPodBeforeNotifyingListener() {
        List<String> steps = new ArrayList<>();
        cluster.listener = run -> {
            switch (run.state()) {
                case State.Prepare _ -> steps.add("Prepare, detached " + victim.isDetached());
                case State.Act _ -> steps.add("Act, evicted " + cluster.evictions.size());
                default -> {}
            }
        };

        until(() -> run() != null && !run().isOpen());

        assertThat(steps).containsExactly("Prepare, detached true", "Act, evicted 1");
    }

    private Diagnosis warmingUp(ModelPod pod) {
        return new Diagnosis(pod.uid, cluster.now, Health.WARMING_UP, DiagnosisFixtures.cleanSamples(0), List.of());
    }

    /** Until the replacement is ready and diagnostics that pause the victim are collected. */
    private void surge() {
        until(() -> run() != null && run().state() instanceof State.Capture capture && capture.deep());
        assertThat(victim.isDetached()).isTrue();
    }

    private void assertAborted(String reason) {
        assertThat(outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(run().message()).contains(reason);
        assertThat(cluster.evictions).isEmpty();
        assertThat(victim.attached).as("reattached").isTrue();
    }

    private void spendClusterBudget(int times) {
        for (int i = 0; i < times; i++) {
            cluster.recorded.put("other-" + i, cluster.now);
        }
    }

    private ModelPod replacement() {
        return cluster.pods.stream()
                .filter(pod -> pod != victim && pod != sibling)
                .findFirst()
                .orElseThrow();
    }

    private Run run() {
        return cluster.runs.isEmpty() ? null : cluster.runs.getLast();
    }

    private Outcome outcome() {
        return switch (run().state()) {
            case State.Cooldown cooldown -> cooldown.outcome();
            case State.Done done -> done.outcome();
            default -> null;
        };
    }

    private void until(BooleanSupplier reached) {
        for (int i = 0; i < 1000 && !reached.getAsBoolean(); i++) {
            ticks(1);
        }
        assertThat(reached.getAsBoolean()).as("condition reached").isTrue();
    }

    private void ticks(int times) {
        for (int i = 0; i < times; i++) {
            tick();
        }
    }

    private RemediationView tick() {
        cluster.advance(STEP);
        Map<String, Diagnosis> diagnoses = new HashMap<>();
        for (ModelPod pod : cluster.pods) {
            diagnoses.put(pod.uid, pod == victim ? victimDiagnosis.apply(pod) : otherDiagnosis.apply(pod));
            processes.put(pod.uid, pod.processes());
        }
        cluster.observation = new Observation(diagnoses, processes, ClusterModel.CONFIG);
        return executor.tick(cluster.settings, cluster.observation);
    }
}
