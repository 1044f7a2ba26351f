package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MinuteTest {

    private long nanos;
    private int inFlight;
    private long total;

    @Test
    void meansAreOfTheLastMinute() {
        MinuteMeans means = new MinuteMeans(() -> inFlight, () -> 2 * inFlight, () -> total, () -> nanos);
        assertThat(means.requestsPerSecond()).isZero();
        for (int second = 0; second < 300; second++) {
            inFlight = second < 200 ? 4 : 10;
            total += second < 200 ? 5 : 50;
            means.sample();
            nanos += TimeUnit.SECONDS.toNanos(1);
        }
        assertThat(means.inFlight()).isEqualTo(10);
        assertThat(means.connections()).isEqualTo(20);
        assertThat(means.requestsPerSecond()).isCloseTo(50, within(0.01));
    }

    @Test
    void aQuantileForgetsWhatIsAMinuteOld() {
        Latencies latencies = new Latencies();
        assertThat(latencies.millis(99)).isZero();
        for (int i = 1; i <= 1000; i++) {
            latencies.record(TimeUnit.MILLISECONDS.toNanos(i));
        }
        latencies.rotate();
        assertThat(latencies.millis(99)).isCloseTo(990, within(10.0));
        assertThat(latencies.millis(50)).isCloseTo(500, within(5.0));
        for (int slice = 0; slice < 60 / Latencies.SLICE_SECONDS; slice++) {
            latencies.record(TimeUnit.MILLISECONDS.toNanos(2));
            latencies.rotate();
        }
        assertThat(latencies.millis(99)).isCloseTo(2, within(0.05));
    }

    @Test
    void theLongestIsAnHour() {
        Latencies latencies = new Latencies();
        latencies.record(Long.MAX_VALUE);
        latencies.record(-1);
        latencies.rotate();
        assertThat(latencies.millis(100)).isCloseTo(3_600_000, within(36_000.0));
    }
}
