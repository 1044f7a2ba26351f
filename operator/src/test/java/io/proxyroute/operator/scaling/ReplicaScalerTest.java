package io.proxyroute.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReplicaScalerTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final ScalingPolicy POLICY =
            new ScalingPolicy(1, 10, 100, 0.1, Duration.ZERO, Duration.ofMinutes(5));

    @Test
    void addsPodsAtOnceForMoreConnections() {
        ScalingDecision decision = decide(POLICY, ScalingHistory.EMPTY, 2, 0, 180, 250);

        assertThat(decision.replicas()).isEqualTo(5);
        assertThat(decision.reason()).isEqualTo("430 connections on 2 pods at a target of 100 per pod need 5 pods.");
    }

    @Test
    void removesPodsOnlyAfterFullWindow() {
        ScalingHistory history = ScalingHistory.EMPTY;
        for (int second = 0; second < 300; second += 15) {
            ScalingDecision decision = decide(POLICY, history, 4, second, 10, 10, 10, 10);
            assertThat(decision.replicas()).as("after %d s", second).isEqualTo(4);
            history = decision.history();
        }
        assertThat(decide(POLICY, history, 4, 300, 10, 10, 10, 10).replicas()).isEqualTo(1);
    }

    @Test
    void keepsPodsOfPeakWithinWindow() {
        ScalingHistory history =
                decide(POLICY, ScalingHistory.EMPTY, 4, 0, 100, 100, 100, 100).history();
        history = decide(POLICY, history, 4, 200, 70, 70, 70, 70).history();

        assertThat(decide(POLICY, history, 4, 310, 10, 10, 10, 10).replicas()).isEqualTo(3);
    }

    @Test
    void scaleUpWindowIgnoresSpike() {
        ScalingPolicy patient = new ScalingPolicy(1, 10, 100, 0.1, Duration.ofSeconds(30), Duration.ofMinutes(5));
        ScalingHistory history = decide(patient, ScalingHistory.EMPTY, 1, 0, 90).history();
        ScalingDecision spike = decide(patient, history, 1, 15, 900);
        assertThat(spike.replicas()).isEqualTo(1);
        assertThat(decide(patient, spike.history(), 1, 45, 500).replicas()).isEqualTo(5);
    }

    @Test
    void doesNotTreatPodsWithoutSampleAsIdle() {
        List<PodLoad> pods = List.of(PodLoad.known("a", 5), PodLoad.unknown("b"));
        ScalingHistory history = ScalingHistory.EMPTY;
        for (int second = 0; second <= 900; second += 15) {
            ScalingDecision decision = ReplicaScaler.decide(POLICY, history, pods, 2, START.plusSeconds(second));
            assertThat(decision.replicas()).isEqualTo(2);
            history = decision.history();
        }
    }

    @Test
    void addsPodsForLoadOfSampledPods() {
        List<PodLoad> pods = List.of(PodLoad.known("a", 500), PodLoad.unknown("b"));
        ScalingDecision decision = ReplicaScaler.decide(POLICY, ScalingHistory.EMPTY, pods, 2, START);
        assertThat(decision.replicas()).isEqualTo(5);
        assertThat(decision.reason()).contains("1 of them without a recent sample");
    }

    @Test
    void newLeaderWaitsForFullWindow() {
        assertThat(decide(POLICY, ScalingHistory.EMPTY, 8, 0, 1).replicas()).isEqualTo(8);
    }

    @Property
    void staysWithinBounds(@ForAll("policies") ScalingPolicy policy, @ForAll("loads") List<PodLoad> pods) {
        ScalingHistory history = ScalingHistory.EMPTY;
        int current = 1;
        for (int step = 0; step < 30; step++) {
            ScalingDecision decision =
                    ReplicaScaler.decide(policy, history, pods, current, START.plusSeconds(20L * step));
            assertThat(decision.replicas()).isBetween(policy.min(), policy.max());
            history = decision.history();
            current = decision.replicas();
        }
    }

    @Property
    void changesNothingWithoutSamples(
            @ForAll("policies") ScalingPolicy policy,
            @ForAll @IntRange(max = 8) int silent,
            @ForAll @IntRange(min = 1, max = 50) int found) {
        int current = policy.bounded(found);
        List<PodLoad> pods = IntStream.range(0, silent)
                .mapToObj(i -> PodLoad.unknown("p" + i))
                .toList();
        ScalingHistory history = ScalingHistory.EMPTY;
        for (int step = 0; step < 60; step++) {
            ScalingDecision decision =
                    ReplicaScaler.decide(policy, history, pods, current, START.plusSeconds(30L * step));
            assertThat(decision.replicas()).isEqualTo(current);
            history = decision.history();
        }
    }

    @Property
    void neverRemovesPodsForMoreLoad(
            @ForAll("policies") ScalingPolicy policy,
            @ForAll("loads") List<PodLoad> pods,
            @ForAll @IntRange(max = 500) int more) {
        int current = policy.bounded(5);
        List<PodLoad> busier = new ArrayList<>(pods);
        busier.add(PodLoad.known("more", more));
        List<PodLoad> idler = new ArrayList<>(pods);
        idler.add(PodLoad.known("more", 0));
        assertThat(ReplicaScaler.decide(policy, ScalingHistory.EMPTY, busier, current, START)
                        .replicas())
                .isGreaterThanOrEqualTo(ReplicaScaler.decide(policy, ScalingHistory.EMPTY, idler, current, START)
                        .replicas());
    }

    @Property
    void eventuallyCarriesSteadyLoad(
            @ForAll("policies") ScalingPolicy policy,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 2000) Integer> connections) {
        List<PodLoad> pods = IntStream.range(0, connections.size())
                .mapToObj(i -> PodLoad.known("p" + i, connections.get(i)))
                .toList();
        long sum = connections.stream().mapToLong(Integer::longValue).sum();
        ScalingHistory history = ScalingHistory.EMPTY;
        int current = policy.min();
        for (int step = 0; step < 120; step++) {
            ScalingDecision decision =
                    ReplicaScaler.decide(policy, history, pods, current, START.plusSeconds(20L * step));
            history = decision.history();
            current = decision.replicas();
        }
        double carried = (double) policy.connectionsPerPod() * current * (1 + policy.tolerance());
        assertThat(current == policy.max() || sum <= carried)
                .as("%d connections on %d pods", sum, current)
                .isTrue();
    }

    @Provide
    Arbitrary<ScalingPolicy> policies() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 10),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(1, 1000),
                        Arbitraries.integers().between(0, 50),
                        Arbitraries.integers().between(0, 120),
                        Arbitraries.integers().between(0, 600))
                .as((min, more, target, tolerance, up, down) -> new ScalingPolicy(
                        min, min + more, target, tolerance / 100.0, Duration.ofSeconds(up), Duration.ofSeconds(down)));
    }

    @Provide
    Arbitrary<List<PodLoad>> loads() {
        return Arbitraries.integers()
                .between(-1, 5000)
                .map(n -> n < 0 ? PodLoad.unknown("p") : PodLoad.known("p", n))
                .list()
                .ofMaxSize(8);
    }

    private static ScalingDecision decide(
            ScalingPolicy policy, ScalingHistory history, int current, int second, int... connections) {
        List<PodLoad> pods = IntStream.range(0, connections.length)
                .mapToObj(i -> PodLoad.known("p" + i, connections[i]))
                .toList();
        return ReplicaScaler.decide(policy, history, pods, current, START.plusSeconds(second));
    }
}
