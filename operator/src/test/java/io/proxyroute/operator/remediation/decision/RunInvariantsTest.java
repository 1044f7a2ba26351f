package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.remediation.decision.ClusterModel.Crash;
import io.proxyroute.operator.remediation.decision.ClusterModel.ModelPod;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Random schedules over the cluster model, which checks the invariants at every write: two operators with skewed clocks
 * that crash, are overtaken in the middle of a call, and get errors whose effect is unknown; pods that die, restart,
 * leak and stop responding; pauses, rollouts, blackouts, changes of mode and scale, users who detach pods. In the
 * end every failure stops, and the cluster must recover.
 */
class RunInvariantsTest {

    @Property(tries = 100_000, shrinking = ShrinkingMode.BOUNDED)
    void invariantsHoldOnEverySchedule(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed,
            @ForAll @IntRange(min = 5, max = 60) int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        Schedule schedule = new Schedule(random);
        for (int i = 0; i < steps; i++) {
            schedule.disturb();
            schedule.tick(random.nextInt(2));
        }
        schedule.finish();
    }

    /** Without failures a leaking pod is replaced; otherwise the invariants would hold because nothing happens. */
    @Property(tries = 300)
    void leakingPodIsReplaced(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
        ClusterModel cluster =
                new ClusterModel(new SplittableRandom(seed), DiagnosisFixtures.brisk(3, 6, List.of()), 3, 0);
        RunExecutor executor = DiagnosisFixtures.executor(cluster, Duration.ZERO);
        String victim = cluster.pods.getFirst().uid;
        for (int i = 0; i < 400 && cluster.runs.stream().noneMatch(r -> r.state() instanceof State.Done); i++) {
            cluster.advance(Duration.ofSeconds(5));
            Map<String, Diagnosis> diagnoses = new HashMap<>();
            Map<String, ProcessStatus> processes = new HashMap<>();
            cluster.pods.forEach(p -> {
                diagnoses.put(
                        p.uid,
                        p.uid.equals(victim)
                                ? DiagnosisFixtures.leak(p, cluster.now)
                                : DiagnosisFixtures.fine(p, cluster.now));
                processes.put(p.uid, p.processes());
            });
            cluster.observation = new Observation(diagnoses, processes, ClusterModel.CONFIG);
            executor.tick(cluster.settings, cluster.observation);
        }
        assertThat(cluster.runs).hasSize(1);
        assertThat(cluster.runs.getFirst().state())
                .isInstanceOfSatisfying(
                        State.Done.class, done -> assertThat(done.outcome()).isEqualTo(Outcome.RECOVERED));
        assertThat(cluster.pods).noneMatch(p -> p.uid.equals(victim)).hasSize(3);
        assertThat(cluster.evictionsByUid).containsOnlyKeys(victim);
    }

    /** One random schedule. */
    private static final class Schedule {
        private final SplittableRandom random;
        private final ClusterModel cluster;
        private final RunExecutor[] executors;
        private boolean overtaking;
        private boolean settling;

        Schedule(SplittableRandom random) {
            this.random = random;
            int blackoutFrom = random.nextInt(4) == 0 ? random.nextInt(40) : -1;
            List<Blackout> blackouts = blackoutFrom < 0
                    ? List.of()
                    : List.of(new Blackout(
                            Set.of(), LocalTime.of(0, blackoutFrom), Duration.ofMinutes(5), ZoneOffset.UTC));
            int perRoute = random.nextInt(1, 4);
            int perCluster = random.nextInt(1, 6);
            DecisionSettings settings = random.nextInt(4) == 0
                    ? DiagnosisFixtures.ordinary(perRoute, perCluster, blackouts)
                    : DiagnosisFixtures.brisk(perRoute, perCluster, blackouts);
            cluster = new ClusterModel(random, settings, random.nextInt(1, 5), random.nextInt(3) * 0.02);
            cluster.blackoutFrom = blackoutFrom * 60;
            executors = new RunExecutor[] {
                DiagnosisFixtures.executor(cluster, Duration.ZERO),
                DiagnosisFixtures.executor(cluster, Duration.ofSeconds(random.nextInt(-5, 6)))
            };
            cluster.overtake = () -> {
                if (!overtaking) {
                    overtaking = true;
                    tick(random.nextInt(2));
                    overtaking = false;
                }
            };
        }

        void disturb() {
            cluster.advance(Duration.ofSeconds(random.nextInt(40) == 0 ? 1800 : random.nextInt(1, 30)));
            switch (random.nextInt(60)) {
                case 0 -> cluster.paused = true;
                case 1 -> cluster.rollout = true;
                case 2 -> cluster.desired = random.nextInt(0, 5);
                case 3 -> cluster.mode = Mode.values()[random.nextInt(4)];
                case 4 -> cluster.replacementsStart = !cluster.replacementsStart;
                case 5 -> cluster.impossible = true;
                case 6, 7 -> somePod().ifPresent(cluster::end);
                case 8 -> spendClusterBudget();
                case 9, 10 -> somePod().ifPresent(cluster::restart);
                case 11 -> somePod().ifPresent(pod -> cluster.setAttached(pod, random.nextBoolean()));
                case 12 -> somePod().ifPresent(pod -> pod.errors++);
                case 13 -> somePod().ifPresent(pod -> pod.configHash = "old");
                case 14 -> cluster.deleteNewestRun();
                case 15, 16, 17, 18, 19 -> calm();
                default -> {}
            }
        }

        private void calm() {
            cluster.paused = false;
            cluster.rollout = false;
            cluster.impossible = false;
            cluster.mode = Mode.AUTO;
            cluster.replacementsStart = true;
            cluster.pods.forEach(pod -> pod.configHash = ClusterModel.CONFIG);
        }

        private Optional<ModelPod> somePod() {
            return cluster.pods.stream()
                    .filter(p -> p.goneAt == null)
                    .skip(random.nextInt(3))
                    .findFirst();
        }

        /** Another route acts, within the budget of the cluster. */
        private void spendClusterBudget() {
            Instant from = cluster.now.minus(DecisionSettings.WINDOW);
            if (cluster.recorded.values().stream()
                            .filter(at -> at.isAfter(from))
                            .count()
                    < cluster.settings.guard().maxActionsPerHourInCluster()) {
                cluster.recorded.put("other-" + random.nextInt(), cluster.now);
            }
        }

        void tick(int operator) {
            cluster.observation = observation();
            try {
                executors[operator].tick(cluster.settings, cluster.observation);
            } catch (Crash | Unavailable | Conflict e) {
                // The next tick of either operator continues from the journal.
                overtaking = false;
            }
        }

        /** All failures end, in any mode; no pod may stay detached or surplus, and no run open. */
        void finish() {
            settling = true;
            calm();
            cluster.pods.stream().filter(p -> !p.attached && !p.owned).toList().forEach(cluster::end);
            Mode last = Mode.values()[random.nextInt(4)];
            for (int i = 0; i < 1000 && !isSettled(); i++) {
                cluster.paused = false;
                cluster.rollout = false;
                cluster.mode = last;
                cluster.advance(Duration.ofSeconds(i < 100 ? 20 : 120));
                tick(0);
            }
            assertThat(cluster.pods).as("nothing stays detached").allMatch(p -> p.attached);
            assertThat(cluster.pods.stream().filter(p -> p.goneAt == null))
                    .as("nothing stays surplus")
                    .hasSize(cluster.desired);
            assertThat(cluster.runs).as("every run ends").noneMatch(Run::isOpen);
        }

        private boolean isSettled() {
            return cluster.pods.stream().allMatch(p -> p.attached && p.ready && p.goneAt == null)
                    && cluster.pods.size() == cluster.desired
                    && cluster.runs.stream().noneMatch(Run::isOpen);
        }

        private Observation observation() {
            Map<String, Diagnosis> diagnoses = new HashMap<>();
            Map<String, ProcessStatus> processes = new HashMap<>();
            for (ModelPod pod : cluster.pods) {
                diagnosis(pod).ifPresent(diagnosis -> {
                    diagnoses.put(pod.uid, diagnosis);
                    processes.put(pod.uid, pod.processes());
                });
            }
            return new Observation(diagnoses, processes, ClusterModel.CONFIG);
        }

        private Optional<Diagnosis> diagnosis(ModelPod pod) {
            Instant at = cluster.now;
            if (settling) {
                return Optional.of(DiagnosisFixtures.fine(pod, at));
            }
            Diagnosis leak = DiagnosisFixtures.leak(pod, at);
            return switch (random.nextInt(24)) {
                case 0 -> Optional.of(Diagnosis.unknown(pod.uid, at));
                case 1 -> Optional.of(DiagnosisFixtures.leak(pod, at.minusSeconds(random.nextInt(300))));
                case 2, 3 -> Optional.of(DiagnosisFixtures.breach(pod, DiagnosisFixtures.RULE, at));
                case 4 -> Optional.of(DiagnosisFixtures.breach(pod, DiagnosisFixtures.REPORTED, at));
                case 5 -> Optional.empty();
                case 6 ->
                    Optional.of(new Diagnosis(
                            pod.uid, at, Health.SUSPECT, DiagnosisFixtures.cleanSamples(0), leak.findings()));
                case 7 ->
                    Optional.of(new Diagnosis(
                            "another", at, Health.CONFIRMED, DiagnosisFixtures.cleanSamples(0), leak.findings()));
                case 8 -> Optional.of(DiagnosisFixtures.fine(pod, at));
                default -> Optional.of(pod.leaks ? leak : DiagnosisFixtures.fine(pod, at));
            };
        }
    }
}
