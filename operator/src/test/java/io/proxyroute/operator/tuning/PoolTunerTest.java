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
    void growsPoolAtItsLimitByHalf() {
        TuningDecision decision = decide(window(20, true, 12, 2900));
        assertThat(decision.settings()).isEqualTo(new PoolSettings(30, Duration.ofSeconds(3)));
        assertThat(decision.reason())
                .isEqualTo("In the last 600 s, at most 20 of 20 connections to one endpoint were in use; the 99th"
                        + " percentile of the wait for a connection was 2900 ms, and 132 requests timed out waiting."
                        + " Recommended: 30 connections and an acquire timeout of 3000 ms.");
    }

    @Test
    void leavesQuarterHeadroomInPoolNearItsLimit() {
        assertThat(decide(window(19, false, 0, 0)).settings().maxConnections()).isEqualTo(24);
    }

    @Test
    void shrinksOversizedPool() {
        assertThat(decide(window(4, false, 0, 0)).settings().maxConnections()).isEqualTo(5);
    }

    @Test
    void skipsSmallImprovement() {
        TuningDecision decision = decide(window(13, false, 0, 0));
        assertThat(decision.settings()).isEqualTo(DEFAULTS);
        assertThat(decision.reason()).endsWith("The current settings fit.");
    }

    @Test
    void shortensTimeoutWhenWaitsAreShort() {
        assertThat(decide(window(15, false, 0, 100)).settings().acquireTimeout())
                .isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void lengthensTimeoutOnlyIfPoolCannotGrow() {
        PoolSettings full = new PoolSettings(100, Duration.ofSeconds(2));
        assertThat(PoolTuner.decide(POLICY, full, window(100, true, 3, 1900), false, NOW)
                        .settings())
                .isEqualTo(new PoolSettings(100, Duration.ofSeconds(3)));
    }

    @Test
    void decidesNothingBeforeFullWindow() {
        List<PoolDemand> half = window(20, true, 12, 2900).subList(5, 11);
        assertThat(decide(half).settings()).isEqualTo(DEFAULTS);
        assertThat(decide(half).reason()).startsWith("Measuring");
        assertThat(decide(List.of()).settings()).isEqualTo(DEFAULTS);
    }

    @Test
    void missingPodPreventsShrinkingButNotGrowing() {
        assertThat(decide(incomplete(window(4, false, 0, 0))).settings()).isEqualTo(DEFAULTS);
        assertThat(decide(incomplete(window(20, true, 1, 0))).settings().maxConnections())
                .isEqualTo(30);
    }

    @Property
    void changesNothingDuringLeaksAndRuns(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings current,
            @ForAll("samples") List<PoolDemand> samples,
            @ForAll boolean runOpen) {
        boolean leaking = samples.stream().anyMatch(PoolDemand::leaking);
        PoolSettings decided =
                PoolTuner.decide(policy, current, samples, runOpen, NOW).settings();
        if (runOpen || leaking) {
            assertThat(decided).isEqualTo(current);
        }
    }

    @Property
    void keepsNewSettingsWithinBounds(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings current,
            @ForAll("samples") List<PoolDemand> samples) {
        PoolSettings decided =
                PoolTuner.decide(policy, current, samples, false, NOW).settings();
        if (!decided.equals(current)) {
            assertThat(decided.maxConnections()).isBetween(policy.minConnections(), policy.maxConnections());
            assertThat(decided.acquireTimeout()).isBetween(policy.minAcquire(), policy.maxAcquire());
        }
    }

    @Property
    void neverShrinksBelowPeakWithinBounds(
            @ForAll("policies") TuningPolicy policy,
            @ForAll("settings") PoolSettings current,
            @ForAll("samples") List<PoolDemand> samples) {
        PoolSettings decided =
                PoolTuner.decide(policy, current, samples, false, NOW).settings();
        int peak = samples.stream().mapToInt(PoolDemand::peak).max().orElse(0);
        if (decided.maxConnections() < current.maxConnections()) {
            assertThat(decided.maxConnections()).isGreaterThanOrEqualTo(Math.min(peak, policy.maxConnections()));
        }
    }

    @Property
    void convergesForConstantDemand(@ForAll("policies") TuningPolicy policy, @ForAll("demands") int demand) {
        PoolSettings settings = new PoolSettings(policy.bounded(20), policy.bounded(Duration.ofSeconds(3)));
        for (int change = 0; change < 20; change++) {
            int limit = settings.maxConnections();
            List<PoolDemand> samples = IntStream.rangeClosed(0, 10)
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
            settings = PoolTuner.decide(policy, settings, samples, false, NOW).settings();
        }
        PoolSettings last = settings;
        assertThat(last.maxConnections()).isGreaterThanOrEqualTo(Math.min(demand, policy.maxConnections()));
        double enough = Math.max(policy.minConnections(), demand * 1.25);
        assertThat((double) last.maxConnections()).isLessThanOrEqualTo(enough / 0.75 + 2);
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
    Arbitrary<List<PoolDemand>> samples() {
        Arbitrary<PoolDemand> sample = Combinators.combine(
                        Arbitraries.integers().between(0, 900),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 20),
                        Arbitraries.integers().between(0, 5000),
                        Arbitraries.of(false, false, false, false, false, false, true))
                .as((age, complete, peak, atLimit, timeouts, wait, leaking) -> new PoolDemand(
                        NOW.minusSeconds(age), complete, peak, atLimit, timeouts, Duration.ofMillis(wait), leaking));
        return sample.list().ofMaxSize(15).map(list -> list.stream()
                .sorted((a, b) -> a.at().compareTo(b.at()))
                .toList());
    }

    private static TuningDecision decide(List<PoolDemand> samples) {
        return PoolTuner.decide(POLICY, DEFAULTS, samples, false, NOW);
    }

    private static List<PoolDemand> incomplete(List<PoolDemand> samples) {
        return samples.stream()
                .map(sample -> new PoolDemand(
                        sample.at(),
                        false,
                        sample.peak(),
                        sample.atLimit(),
                        sample.acquireTimeouts(),
                        sample.acquireP99(),
                        false))
                .toList();
    }

    /** Eleven equal samples at intervals of a minute. */
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
