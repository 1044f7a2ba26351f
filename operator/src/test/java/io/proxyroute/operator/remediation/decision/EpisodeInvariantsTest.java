package io.proxyroute.operator.remediation.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.episode.DefaultSettings;
import io.proxyroute.operator.remediation.decision.ClusterModel.Crash;
import io.proxyroute.operator.remediation.decision.ClusterModel.ModelPod;
import io.proxyroute.operator.remediation.decision.Fleet.Mode;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakEvidence;
import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Random schedules over the cluster model, which checks the invariants at every write: two operators with skewed clocks
 * that crash, are overtaken in the middle of a call, and get errors whose effect is unknown; pods that die, leak and
 * fall silent; pauses, rollouts, blackouts, changes of mode and scale. In the end everything is put right again.
 */
class EpisodeInvariantsTest {

    private static final ThresholdRule RULE = new ThresholdRule(
            "threads",
            Signal.THREADS,
            new ThresholdRule.Above(10),
            Duration.ofSeconds(10),
            ThresholdRule.Action.REPLACE);

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
        schedule.settle();
    }

    /** Without mishaps a leaking pod is replaced; otherwise the invariants would hold for want of any act. */
    @Property(tries = 300)
    void leakingPodIsReplaced(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
        ClusterModel cluster = new ClusterModel(new SplittableRandom(seed), settings(3, 6, List.of()), 3, 0);
        EpisodeActor actor = actor(cluster, Duration.ZERO);
        String victim = cluster.pods.getFirst().uid;
        for (int i = 0; i < 200 && cluster.runs.stream().noneMatch(r -> r.state() instanceof State.Done); i++) {
            cluster.advance(Duration.ofSeconds(5));
            Map<String, Diagnosis> diagnoses = new HashMap<>();
            cluster.pods.forEach(
                    p -> diagnoses.put(p.uid, p.uid.equals(victim) ? leak(p, cluster.now) : fine(p, cluster.now)));
            cluster.told = diagnoses;
            actor.tick(cluster.settings, diagnoses);
        }
        assertThat(cluster.runs).hasSize(1);
        assertThat(cluster.runs.getFirst().state())
                .isInstanceOfSatisfying(
                        State.Done.class, done -> assertThat(done.outcome()).isEqualTo(Outcome.RECOVERED));
        assertThat(cluster.pods).noneMatch(p -> p.uid.equals(victim)).hasSize(3);
        assertThat(cluster.evictionsByUid).containsOnlyKeys(victim);
    }

    private static EpisodeActor actor(ClusterModel cluster, Duration skew) {
        return new EpisodeActor("route", cluster, cluster, cluster, cluster, new Clock() {
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

    private static DecisionSettings settings(int perRoute, int perCluster, List<Blackout> blackouts) {
        return new DecisionSettings(
                new DetectionSettings(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        List.of(RULE),
                        DefaultSettings.get().detection().leak()),
                75,
                perRoute,
                perCluster,
                50,
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                blackouts,
                Duration.ofSeconds(15),
                Duration.ofMinutes(2),
                Duration.ofSeconds(5),
                Duration.ofMinutes(3),
                2,
                Duration.ofMinutes(3));
    }

    private static Diagnosis leak(ModelPod pod, Instant at) {
        LeakEvidence evidence = new LeakEvidence(
                Signal.LIVE_SET, at, at, 20, 50, 100, 1, 0.1, at.plusSeconds(300), at.plusSeconds(200));
        return new Diagnosis(pod.uid, at, Health.CONFIRMED, 0, List.of(new Finding.Leak(evidence, true)));
    }

    private static Diagnosis breach(ModelPod pod, Instant at) {
        Finding finding = new Finding.Breach(RULE, 20, 10, at, at, true);
        return new Diagnosis(pod.uid, at, Health.CONFIRMED, 0, List.of(finding));
    }

    private static Diagnosis fine(ModelPod pod, Instant at) {
        return new Diagnosis(pod.uid, at, Health.FINE, 3, List.of());
    }

    /** One run of the world. */
    private static final class Schedule {
        private final SplittableRandom random;
        private final ClusterModel cluster;
        private final EpisodeActor[] actors;
        private boolean overtaking;
        private boolean settling;

        Schedule(SplittableRandom random) {
            this.random = random;
            List<Blackout> blackouts = random.nextInt(4) == 0
                    ? List.of(new Blackout(
                            Set.of(), LocalTime.of(0, random.nextInt(40)), Duration.ofMinutes(5), ZoneOffset.UTC))
                    : List.of();
            DecisionSettings settings = settings(random.nextInt(1, 4), random.nextInt(2, 6), blackouts);
            cluster = new ClusterModel(random, settings, random.nextInt(1, 5), random.nextInt(3) * 0.02);
            actors = new EpisodeActor[] {
                actor(cluster, Duration.ZERO), actor(cluster, Duration.ofSeconds(random.nextInt(-5, 6)))
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
                case 2 -> cluster.wanted = random.nextInt(1, 5);
                case 3 -> cluster.mode = Mode.values()[random.nextInt(4)];
                case 4 -> cluster.replacementsStart = !cluster.replacementsStart;
                case 5 -> cluster.impossible = true;
                case 6, 7 ->
                    cluster.pods.stream()
                            .filter(p -> p.goneAt == null)
                            .skip(random.nextInt(3))
                            .findFirst()
                            .ifPresent(cluster::end);
                case 8 -> cluster.noted.put("other-" + random.nextInt(), cluster.now);
                case 9, 10, 11, 12, 13 -> {
                    cluster.paused = false;
                    cluster.rollout = false;
                    cluster.impossible = false;
                    cluster.mode = Mode.AUTO;
                    cluster.replacementsStart = true;
                }
                default -> {}
            }
            if (cluster.noted.size() > cluster.settings.maxActionsPerHourInCluster()) {
                cluster.noted.keySet().removeIf(k -> k.startsWith("other-"));
            }
        }

        void tick(int who) {
            Map<String, Diagnosis> diagnoses = diagnoses();
            cluster.told = diagnoses;
            try {
                actors[who].tick(cluster.settings, diagnoses);
            } catch (Crash | Unavailable | Conflict e) {
                // The next tick of whoever leads goes on from what was written.
                overtaking = false;
            }
        }

        /** All mishaps end; nothing may be left detached, surplus or open. */
        void settle() {
            settling = true;
            cluster.paused = false;
            cluster.rollout = false;
            cluster.impossible = false;
            cluster.replacementsStart = true;
            cluster.mode = Mode.OBSERVE;
            for (int i = 0; i < 400 && !isSettled(); i++) {
                cluster.advance(Duration.ofSeconds(20));
                tick(0);
            }
            assertThat(cluster.pods).as("nothing stays detached").allMatch(p -> p.attached);
            assertThat(cluster.pods.stream().filter(p -> p.goneAt == null))
                    .as("nothing stays surplus")
                    .hasSize(cluster.wanted);
            assertThat(cluster.runs).as("every run ends").allMatch(r -> r.state()
                    .terminal());
        }

        private boolean isSettled() {
            return cluster.pods.stream().allMatch(p -> p.attached && p.ready && p.goneAt == null)
                    && cluster.pods.size() == cluster.wanted
                    && cluster.runs.stream().allMatch(r -> r.state().terminal());
        }

        private Map<String, Diagnosis> diagnoses() {
            Map<String, Diagnosis> diagnoses = new HashMap<>();
            for (ModelPod pod : cluster.pods) {
                int dice = random.nextInt(20);
                Instant at = cluster.now;
                if (settling) {
                    diagnoses.put(pod.uid, fine(pod, at));
                } else if (dice == 0) {
                    diagnoses.put(pod.uid, Diagnosis.unknown(pod.uid, at));
                } else if (dice == 1) {
                    diagnoses.put(pod.uid, leak(pod, at.minusSeconds(random.nextInt(300))));
                } else if (dice == 2) {
                    diagnoses.put(pod.uid, breach(pod, at));
                } else if (dice == 4) {
                    Diagnosis leak = leak(pod, at);
                    diagnoses.put(pod.uid, new Diagnosis(pod.uid, at, Health.SUSPECT, 0, leak.findings()));
                } else if (dice > 3) {
                    diagnoses.put(pod.uid, pod.leaks ? leak(pod, at) : fine(pod, at));
                }
            }
            return diagnoses;
        }
    }
}
