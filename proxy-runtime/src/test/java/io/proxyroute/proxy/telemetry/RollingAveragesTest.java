package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RollingAveragesTest {

    private long nanos;
    private int inFlight;
    private long total;

    @Test
    void averagesCoverLastMinute() {
        RollingAverages averages = new RollingAverages(() -> inFlight, () -> 2 * inFlight, () -> total, () -> nanos);
        assertThat(averages.requestsPerSecond()).isZero();
        for (int second = 0; second < 300; second++) {
            inFlight = second < 200 ? 4 : 10;
            total += second < 200 ? 5 : 50;
            averages.sample();
            nanos += TimeUnit.SECONDS.toNanos(1);
        }
        assertThat(averages.inFlight()).isEqualTo(10);
        assertThat(averages.connections()).isEqualTo(20);
        assertThat(averages.requestsPerSecond()).isCloseTo(50, within(0.01));
    }

    @Test
    void percentilesExcludeDurationsOlderThanMinute() {
        LatencyHistogram histogram = new LatencyHistogram();
        assertThat(histogram.millis(99)).isZero();
        for (int i = 1; i <= 1000; i++) {
            histogram.record(TimeUnit.MILLISECONDS.toNanos(i));
        }
        histogram.rotate();
        assertThat(histogram.millis(99)).isCloseTo(990, within(10.0));
        assertThat(histogram.millis(50)).isCloseTo(500, within(5.0));
        for (int slice = 0; slice < 60 / LatencyHistogram.SLICE_SECONDS; slice++) {
            histogram.record(TimeUnit.MILLISECONDS.toNanos(2));
            histogram.rotate();
        }
        assertThat(histogram.millis(99)).isCloseTo(2, within(0.05));
    }

    @Test
    void capsDurationsAtOneHour() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(Long.MAX_VALUE);
        histogram.record(-1);
        histogram.rotate();
        assertThat(histogram.millis(100)).isCloseTo(3_600_000, within(36_000.0));
    }
}
