package io.proxyroute.proxy.telemetry;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The durations of exchanges that ended in the last minute. Recording is wait-free and may happen on any thread; {@link #rotate()} is
 * called every {@value #SLICE_SECONDS} s by the telemetry thread.
 */
public final class LatencyHistogram {

    /** The time between two calls of {@link #rotate()}. */
    static final int SLICE_SECONDS = 5;

    private static final int SLICES = 60 / SLICE_SECONDS;
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

    private final Recorder recorder = new Recorder(LONGEST_MICROS, 2);
    private final Histogram[] slices = new Histogram[SLICES];
    private int oldest;

    /** Records a duration. */
    public void record(long nanos) {
        recorder.recordValue(Math.clamp(nanos / 1000, 0, LONGEST_MICROS));
    }

    /** Starts a new slice in place of the one that is a minute old. */
    synchronized void rotate() {
        slices[oldest] = recorder.getIntervalHistogram(slices[oldest]);
        oldest = (oldest + 1) % SLICES;
    }

    /**
     * A quantile of the last full minute.
     *
     * @param percentile 0 to 100
     * @return milliseconds; 0 if nothing was recorded
     */
    public synchronized double millis(double percentile) {
        Histogram sum = new Histogram(LONGEST_MICROS, 2);
        for (Histogram slice : slices) {
            if (slice != null) {
                sum.add(slice);
            }
        }
        return sum.getTotalCount() == 0 ? 0 : sum.getValueAtPercentile(percentile) / 1000.0;
    }
}
