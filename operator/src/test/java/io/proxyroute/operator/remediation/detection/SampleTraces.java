package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Synthetic traces of a proxy, fed sample by sample into a {@link PodWatch}. */
final class SampleTraces {

    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final double MIB = 1024 * 1024;
    static final double LIMIT = 96 * MIB;
    static final double JDK_DIRECT_LIMIT = 60 * MIB;

    /** A sample every 2 s, as in the demo. */
    static final LeakSettings COMPRESSED = new LeakSettings(
            true,
            Duration.ofSeconds(2),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            8,
            0.04,
            new LeakSettings.Confirmation(4, 3),
            new LeakSettings.Urgency(Duration.ofHours(24), Duration.ofHours(2), Duration.ofSeconds(20)),
            new LeakSettings.ThreadLimits(10_000, 2_000));

    private SampleTraces() {}

    /**
     * The trace of one process.
     *
     * @param mib live set in MiB by seconds, without the cost of exchanges
     * @param inFlight exchanges by seconds
     * @param mibPerExchange cost of one exchange
     * @param noise standard deviation of the live set in MiB
     * @param spikes share of measurements that catch a burst of up to 10 MiB
     */
    record Life(
            DoubleUnaryOperator mib, DoubleUnaryOperator inFlight, double mibPerExchange, double noise, double spikes) {

        static Life of(DoubleUnaryOperator mib) {
            return new Life(mib, _ -> 40, 0.05, 0.3, 0);
        }

        Life with(DoubleUnaryOperator traffic, double cost) {
            return new Life(mib, traffic, cost, noise, spikes);
        }

        Life noisy(double deviation, double share) {
            return new Life(mib, inFlight, mibPerExchange, deviation, share);
        }
    }

    /** Seconds until the leak was confirmed; -1 if it was not confirmed within {@code length}. */
    static long confirmedAfter(Life life, LeakSettings settings, Duration length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DetectionSettings detection = new DetectionSettings(
                settings.samplingInterval(), settings.samplingInterval().multipliedBy(4), List.of(), settings);
        PodWatch watch = new PodWatch("uid");
        long step = settings.samplingInterval().toSeconds();
        for (long t = step; t <= length.toSeconds(); t += step) {
            double truth = life.inFlight().applyAsDouble(t);
            // A measurement includes the exchanges of that moment; the proxy reports only the mean traffic.
            double atMoment = Math.max(0, truth + random.nextGaussian() * Math.sqrt(truth));
            double measured = Math.max(0, truth + random.nextGaussian() * Math.sqrt(truth) * 0.1);
            double burst = random.nextDouble() < life.spikes() ? random.nextDouble() * 10 : 0;
            double level = life.mib().applyAsDouble(t)
                    + life.mibPerExchange() * atMoment
                    + random.nextGaussian() * life.noise()
                    + burst;
            Instant at = START.plusSeconds(t);
            watch.add(new Sample(at, snapshot(at, level * MIB, measured)), "spec", detection);
            if (watch.diagnose(at, detection).health() == Health.CONFIRMED) {
                return t;
            }
            if (level * MIB > LIMIT) {
                return -1;
            }
        }
        return -1;
    }

    static Snapshot snapshot(Instant at, double liveBytes, double inFlight) {
        return snapshot(at, liveBytes, inFlight, 20, 0, List.of());
    }

    static Snapshot snapshot(
            Instant at, double liveBytes, double inFlight, int threads, int virtual, List<PoolUsage> pools) {
        LiveSetSample live =
                new LiveSetSample(at.minusMillis(200), (long) liveBytes, (long) LIMIT, inFlight, 50, inFlight * 5, 7);
        return new Snapshot(
                new Snapshot.PodIdentity("route", "pod", "uid"),
                at,
                START,
                new Snapshot.AppliedConfig("hash", 1, START, 1),
                Snapshot.ProcessState.READY,
                new Snapshot.Memory(
                        (long) (liveBytes * 1.2),
                        (long) LIMIT,
                        (long) LIMIT,
                        new Snapshot.DirectMemory((long) (16 * MIB), (long) (100 * MIB)),
                        new Snapshot.DirectMemory(0, (long) JDK_DIRECT_LIMIT),
                        (long) (160 * MIB),
                        (long) (300 * MIB)),
                live,
                new Snapshot.Threads(threads, virtual, 1, 0, 0),
                new Snapshot.Traffic((int) inFlight, 50, 1000, 0, 0L, 0, inFlight * 5, inFlight, 10),
                pools,
                new LedgerSummary(0, 0, 0, 0, 0, 0, 0, 0, List.of()));
    }
}
