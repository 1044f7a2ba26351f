package io.proxyroute.testbed.load;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts requests and latencies of one target, per second and for the whole run. Confined to the run's event loop. */
final class LoadStatistics {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final String target;
    private final Duration maxLag;
    private final Histogram secondLatency = histogram();
    private final Histogram latency = histogram();
    private final Map<LossCause, Long> causes = new EnumMap<>(LossCause.class);
    private long sent;
    private long ok;
    private long failed;
    private long sentBefore;
    private long okBefore;
    private long failedBefore;
    private long secondLagNanos;
    private long maxLagNanos;

    LoadStatistics(String target, Duration maxLag) {
        this.target = target;
        this.maxLag = maxLag;
    }

    private static Histogram histogram() {
        return new Histogram(TimeUnit.MINUTES.toMicros(10), SIGNIFICANT_DIGITS);
    }

    void recordSent(long lagNanos) {
        sent++;
        secondLagNanos = Math.max(secondLagNanos, lagNanos);
        maxLagNanos = Math.max(maxLagNanos, lagNanos);
    }

    void recordOk(long nanos) {
        ok++;
        long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
        latency.recordValue(Math.min(micros, latency.getHighestTrackableValue()));
        secondLatency.recordValue(Math.min(micros, secondLatency.getHighestTrackableValue()));
    }

    /** Counts a loss and returns the number of earlier losses. */
    long recordLoss(LossCause cause) {
        causes.merge(cause, 1L, Long::sum);
        return failed++;
    }

    /** Reports the time since the last call. */
    LoadReport.Second takeSecond(Instant now, int connections) {
        LoadReport.Second report = new LoadReport.Second(
                target,
                now,
                sent - sentBefore,
                ok - okBefore,
                failed - failedBefore,
                millis(secondLagNanos),
                percentile(secondLatency, 50),
                percentile(secondLatency, 99),
                connections,
                sent,
                ok,
                failed);
        sentBefore = sent;
        okBefore = ok;
        failedBefore = failed;
        secondLagNanos = 0;
        secondLatency.reset();
        return report;
    }

    LoadReport.Summary summary(double seconds, long connectionsOpened) {
        return new LoadReport.Summary(
                target,
                seconds,
                sent,
                ok,
                failed,
                Map.copyOf(causes),
                millis(maxLagNanos),
                maxLagNanos > maxLag.toNanos(),
                percentile(latency, 50),
                percentile(latency, 99),
                percentile(latency, 99.9),
                percentile(latency, 100),
                connectionsOpened);
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1e3;
    }

    private static double percentile(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
