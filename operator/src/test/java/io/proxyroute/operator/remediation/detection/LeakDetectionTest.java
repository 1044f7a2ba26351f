package io.proxyroute.operator.remediation.detection;

import static io.proxyroute.operator.remediation.detection.SampleTraces.COMPRESSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.proxyroute.operator.remediation.detection.SampleTraces.Life;
import io.proxyroute.operator.remediation.loop.DefaultSettings;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Leaks are found in time and look-alikes are not confirmed, in compressed and in production time. */
class LeakDetectionTest {

    private static final int SEEDS = 20;
    private static final LeakSettings PRODUCTION =
            DefaultSettings.get().detection().leak();

    static Stream<Arguments> leaks() {
        return Stream.of(
                arguments("steady, fast", COMPRESSED, Life.of(t -> 20 + 0.6 * t), 120),
                arguments("steady", COMPRESSED, Life.of(t -> 20 + 0.35 * t), 200),
                arguments("noisy", COMPRESSED, Life.of(t -> 20 + 0.35 * t).noisy(1.5, 0.1), 200),
                arguments("after a quiet while", COMPRESSED, Life.of(t -> 20 + Math.max(0, t - 200) * 0.4), 390),
                arguments(
                        "under changing traffic",
                        COMPRESSED,
                        Life.of(t -> 20 + 0.3 * t).with(t -> 40 + 20 * Math.sin(t / 11), 0.1),
                        240),
                arguments("in steps of 20 s", COMPRESSED, Life.of(t -> 20 + 0.35 * 20 * Math.floor(t / 20)), 200),
                arguments("an hour", PRODUCTION, Life.of(t -> 20 + 60.0 * t / 3600), 76 * 60),
                arguments("hours", PRODUCTION, Life.of(t -> 20 + 9.0 * t / 3600), 8 * 3600),
                arguments(
                        "half a day, noisy",
                        PRODUCTION,
                        Life.of(t -> 20 + 5.5 * t / 3600).noisy(1, 0.05),
                        13 * 3600),
                arguments(
                        "half a day, in steps of an hour",
                        PRODUCTION,
                        Life.of(t -> 20 + 5.5 * Math.floor(t / 3600)).noisy(1, 0.05),
                        13 * 3600),
                arguments(
                        "behind a warm-up of hours",
                        PRODUCTION,
                        Life.of(t -> 20 + 15 * (1 - Math.exp(-t / 7200)) + 5.5 * t / 3600)
                                .noisy(1, 0.05),
                        10 * 3600),
                arguments(
                        "a day, with the tide of traffic",
                        PRODUCTION,
                        Life.of(t -> 20 + 2.8 * t / 3600).with(t -> 60 + 40 * Math.sin(t * Math.PI / 21600), 0.05),
                        24 * 3600));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leaks")
    void confirmsLeakBeforeHeapIsExhausted(String name, LeakSettings settings, Life life, long oomSeconds) {
        long found = LongStream.range(0, SEEDS)
                .filter(seed ->
                        SampleTraces.confirmedAfter(life, settings, Duration.ofSeconds(oomSeconds * 9 / 10), seed) > 0)
                .count();
        assertThat(found).as("of %d", SEEDS).isEqualTo(SEEDS);
    }

    static Stream<Arguments> lookAlikes() {
        Duration tenMinutes = Duration.ofMinutes(10);
        Duration twoDays = Duration.ofHours(48);
        return Stream.of(
                arguments("flat", COMPRESSED, Life.of(_ -> 30), tenMinutes),
                arguments(
                        "flat, noisy, with bursts", COMPRESSED, Life.of(_ -> 30).noisy(2, 0.15), tenMinutes),
                arguments("warm-up", COMPRESSED, Life.of(t -> 20 + 25 * (1 - Math.exp(-t / 40))), tenMinutes),
                arguments("slow warm-up", COMPRESSED, Life.of(t -> 20 + 25 * (1 - Math.exp(-t / 120))), tenMinutes),
                arguments("step", COMPRESSED, Life.of(t -> t < 70 ? 20 : 45), tenMinutes),
                arguments("two steps", COMPRESSED, Life.of(t -> t < 60 ? 20 : t < 90 ? 35 : 50), tenMinutes),
                arguments("cache that fills", COMPRESSED, Life.of(t -> 20 + Math.min(15, 0.1 * t)), tenMinutes),
                arguments(
                        "ramp of traffic",
                        COMPRESSED,
                        Life.of(_ -> 20).with(t -> 10 + Math.min(300, 2 * t), 0.15),
                        tenMinutes),
                arguments(
                        "step of traffic", COMPRESSED, Life.of(_ -> 20).with(t -> t < 80 ? 20 : 200, 0.2), tenMinutes),
                arguments(
                        "waves of traffic",
                        COMPRESSED,
                        Life.of(_ -> 20).with(t -> 100 + 90 * Math.sin(t / 30), 0.2),
                        tenMinutes),
                arguments(
                        "tide of traffic",
                        PRODUCTION,
                        Life.of(_ -> 20)
                                .with(t -> 100 + 90 * Math.sin(t * Math.PI / 43200), 0.3)
                                .noisy(1, 0.05),
                        twoDays),
                arguments(
                        "nightly batch",
                        PRODUCTION,
                        Life.of(t -> t % 86400 < 7200 ? 55 : 25).noisy(1, 0.05),
                        twoDays),
                arguments(
                        "warm-up of hours",
                        PRODUCTION,
                        Life.of(t -> 20 + 30 * (1 - Math.exp(-t / 7200))).noisy(1, 0.05),
                        twoDays),
                arguments(
                        "steps within the first hours",
                        PRODUCTION,
                        Life.of(t -> t < 2400 ? 20 : t < 3600 ? 35 : 50).noisy(1, 0.05),
                        Duration.ofHours(8)),
                arguments(
                        "ramp of traffic within the first hour",
                        PRODUCTION,
                        Life.of(_ -> 20)
                                .with(t -> 10 + Math.min(300, t / 8), 0.15)
                                .noisy(1, 0.05),
                        Duration.ofHours(8)),
                arguments("flat for two days", PRODUCTION, Life.of(_ -> 50).noisy(2, 0.1), twoDays));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lookAlikes")
    void doesNotConfirmLookalike(String name, LeakSettings settings, Life life, Duration length) {
        long alarms = LongStream.range(0, SEEDS)
                .filter(seed -> SampleTraces.confirmedAfter(life, settings, length, seed) > 0)
                .count();
        assertThat(alarms).as("of %d", SEEDS).isZero();
    }

    /** A level that converges below the limit is not a leak, however slowly it converges. */
    @Property(tries = 50)
    void warmUpOfHoursNeverConfirms(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed,
            @ForAll @DoubleRange(min = 0.25, max = 6) double hours,
            @ForAll @DoubleRange(min = 5, max = 50) double mib) {
        Life life = Life.of(t -> 20 + mib * (1 - Math.exp(-t / (3600 * hours)))).noisy(1, 0.05);
        assertThat(SampleTraces.confirmedAfter(life, PRODUCTION, Duration.ofHours(24), seed))
                .isEqualTo(-1);
    }

    @Property(tries = 200)
    void warmUpOfMinutesNeverConfirms(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed,
            @ForAll @DoubleRange(min = 15, max = 360) double seconds,
            @ForAll @DoubleRange(min = 5, max = 50) double mib) {
        Life life = Life.of(t -> 20 + mib * (1 - Math.exp(-t / seconds)));
        assertThat(SampleTraces.confirmedAfter(life, COMPRESSED, Duration.ofMinutes(10), seed))
                .isEqualTo(-1);
    }

    /**
     * Traffic that grows or shrinks by any factor, at any speed and time, and with any cost per exchange, is no leak as
     * long as the cost is constant.
     */
    @Property(tries = 3_000)
    void growingTrafficNeverConfirms(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed,
            @ForAll @DoubleRange(min = 0.05, max = 50) double k,
            @ForAll @DoubleRange(min = 0, max = 200) double onset,
            @ForAll @DoubleRange(min = 0, max = 300) double rampSeconds,
            @ForAll @DoubleRange(min = 5, max = 60) double mibAtMost) {
        double base = 40;
        double cost = mibAtMost / (base * Math.max(1, k));
        Life life = Life.of(_ -> 20).with(t -> base * (1 + (k - 1) * risen(t - onset, rampSeconds)), cost);
        assertThat(SampleTraces.confirmedAfter(life, COMPRESSED, Duration.ofMinutes(6), seed))
                .isEqualTo(-1);
    }

    /** A jump within a second, where the mean of the traffic lags most behind the level. */
    @Property(tries = 1_000)
    void jumpOfTrafficNeverConfirms(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed,
            @ForAll @DoubleRange(min = 0.05, max = 50) double k,
            @ForAll @DoubleRange(min = 0, max = 200) double onset,
            @ForAll @DoubleRange(min = 5, max = 60) double mibAtMost) {
        growingTrafficNeverConfirms(seed, k, onset, 0, mibAtMost);
    }

    private static double risen(double seconds, double rampSeconds) {
        return rampSeconds == 0 ? seconds < 0 ? 0 : 1 : Math.clamp(seconds / rampSeconds, 0, 1);
    }
}
