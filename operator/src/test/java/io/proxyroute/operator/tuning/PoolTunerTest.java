package io.proxyroute.operator.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PoolTunerTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final TuningPolicy POLICY = new TuningPolicy(
            4, 100, Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofMinutes(1));
    private static final PoolSettings DEFAULTS = new PoolSettings(20, Duration.ofSeconds(3));

    @Test
    void aPoolAtItsLimitGrowsByHalf() {
        TuningDecision decision = decide(window(20, true, 12, 2900));
        assertThat(decision.settings()).isEqualTo(new PoolSettings(30, Duration.ofSeconds(3)));
        assertThat(decision.reason())
                .isEqualTo(
                        "In the last 600 s at most 20 connections to one endpoint were in use at once, of 20 allowed;"
                                + " the 99th percentile of the wait for one was 2900 ms, and 132 requests waited in vain. So 30"
                                + " connections and a wait of at most 3000 ms are better.");
    }

    @Test
    void aPoolNearItsLimitGetsAQuarterToSpare() {
        assertThat(decide(window(19, false, 0, 0)).settings().connections()).isEqualTo(24);
    }

    @Test
    void anOversizedPoolShrinks() {
        assertThat(decide(window(4, false, 0, 0)).settings().connections()).isEqualTo(5);
    }

    @Test
    void aSmallImprovementIsNotWorthAChange() {
        TuningDecision decision = decide(window(13, false, 0, 0));
        assertThat(decision.settings()).isEqualTo(DEFAULTS);
        assertThat(decision.reason()).endsWith("That fits.");
    }

    @Test
    void waitsThatAreNeverLongAreCutShort() {
        assertThat(decide(window(15, false, 0, 100)).settings().acquire()).isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void aWaitIsLengthenedOnlyWhereThePoolMayNotGrow() {
        PoolSettings full = new PoolSettings(100, Duration.ofSeconds(2));
        assertThat(PoolTuner.decide(POLICY, full, window(100, true, 3, 1900), false, NOW)
                        .settings())
                .isEqualTo(new PoolSettings(100, Duration.ofSeconds(3)));
    }

    @Test
    void nothingIsDecidedBeforeAWholeWindow() {
        List<PoolDemand> half = window(20, true, 12, 2900).subList(5, 11);
        assertThat(decide(half).settings()).isEqualTo(DEFAULTS);
        assertThat(decide(half).reason()).startsWith("Measuring");
        assertThat(decide(List.of()).settings()).isEqualTo(DEFAULTS);
    }

    @Test
    void aMissingPodForbidsToShrinkButNotToGrow() {
        assertThat(decide(incomplete(window(4, false, 0, 0))).settings()).isEqualTo(DEFAULTS);
        assertThat(decide(incomplete(window(20, true, 1, 0))).settings().connections())
                .isEqualTo(30);
    }

    @Property
    void neverChangesAnythingWhileLeaksAreReportedOrARunIsOpen(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings inForce,
            @ForAll("looks") List<PoolDemand> looks,
            @ForAll boolean runOpen) {
        boolean leaking = looks.stream().anyMatch(PoolDemand::leaking);
        PoolSettings decided =
                PoolTuner.decide(policy, inForce, looks, runOpen, NOW).settings();
        if (runOpen || leaking) {
            assertThat(decided).isEqualTo(inForce);
        }
    }

    @Property
    void anythingNewIsWithinTheBounds(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings inForce,
            @ForAll("looks") List<PoolDemand> looks) {
        PoolSettings decided =
                PoolTuner.decide(policy, inForce, looks, false, NOW).settings();
        if (!decided.equals(inForce)) {
            assertThat(decided.connections()).isBetween(policy.minConnections(), policy.maxConnections());
            assertThat(decided.acquire()).isBetween(policy.minAcquire(), policy.maxAcquire());
        }
    }

    @Property
    void thePoolStaysAboveWhatWasInUseWhereTheBoundsAllow(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings inForce,
            @ForAll("looks") List<PoolDemand> looks) {
        PoolSettings decided =
                PoolTuner.decide(policy, inForce, looks, false, NOW).settings();
        int peak = looks.stream().mapToInt(PoolDemand::peak).max().orElse(0);
        if (decided.connections() < inForce.connections()) {
            assertThat(decided.connections()).isGreaterThanOrEqualTo(Math.min(peak, policy.maxConnections()));
        }
    }

    @Property
    void theSameDemandSettlesSoon(@ForAll("policies") TuningPolicy policy, @ForAll("demands") int demand) {
        PoolSettings settings = new PoolSettings(policy.bounded(20), policy.bounded(Duration.ofSeconds(3)));
        for (int change = 0; change < 20; change++) {
            int limit = settings.connections();
            List<PoolDemand> looks = IntStream.rangeClosed(0, 10)
                    .mapToObj(i -> new PoolDemand(
                            NOW.minus(policy.window())
                                    .plus(policy.window().multipliedBy(i).dividedBy(10)),
                            true,
                            Math.min(demand, limit),
                            demand > limit,
                            0,
                            Duration.ZERO,
                            false))
                    .toList();
            settings = PoolTuner.decide(policy, settings, looks, false, NOW).settings();
        }
        PoolSettings last = settings;
        assertThat(last.connections()).isGreaterThanOrEqualTo(Math.min(demand, policy.maxConnections()));
        double enough = Math.max(policy.minConnections(), demand * 1.25);
        assertThat((double) last.connections()).isLessThanOrEqualTo(enough / 0.75 + 2);
    }

    @Provide
    Arbitrary<Integer> demands() {
        return Arbitraries.integers().between(1, 300);
    }

    @Provide
    Arbitrary<TuningPolicy> policies() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 50),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(1, 1000),
                        Arbitraries.integers().between(0, 10_000))
                .as((min, more, wait, longer) -> new TuningPolicy(
                        min,
                        min + more,
                        Duration.ofMillis(wait),
                        Duration.ofMillis(wait + longer),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(1)));
    }

    @Provide
    Arbitrary<PoolSettings> settings() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 300),
                        Arbitraries.integers().between(1, 20_000))
                .as((connections, wait) -> new PoolSettings(connections, Duration.ofMillis(wait)));
    }

    @Provide
    Arbitrary<List<PoolDemand>> looks() {
        Arbitrary<PoolDemand> look = Combinators.combine(
                        Arbitraries.integers().between(0, 900),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 20),
                        Arbitraries.integers().between(0, 5000),
                        Arbitraries.of(false, false, false, false, false, false, true))
                .as((age, complete, peak, atLimit, timeouts, wait, leaking) -> new PoolDemand(
                        NOW.minusSeconds(age), complete, peak, atLimit, timeouts, Duration.ofMillis(wait), leaking));
        return look.list().ofMaxSize(15).map(list -> list.stream()
                .sorted((a, b) -> a.at().compareTo(b.at()))
                .toList());
    }

    private static TuningDecision decide(List<PoolDemand> looks) {
        return PoolTuner.decide(POLICY, DEFAULTS, looks, false, NOW);
    }

    private static List<PoolDemand> incomplete(List<PoolDemand> looks) {
        return looks.stream()
                .map(look -> new PoolDemand(
                        look.at(),
                        false,
                        look.peak(),
                        look.atLimit(),
                        look.acquireTimeouts(),
                        look.acquireP99(),
                        false))
                .toList();
    }

    /** Eleven equal looks, a minute apart. */
    private static List<PoolDemand> window(int peak, boolean atLimit, long timeouts, int waitMillis) {
        return IntStream.rangeClosed(0, 10)
                .mapToObj(i -> new PoolDemand(
                        NOW.minus(Duration.ofMinutes(10 - i)),
                        true,
                        peak,
                        atLimit,
                        timeouts,
                        Duration.ofMillis(waitMillis),
                        false))
                .toList();
    }
}
