package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UploadRateTest {

    private static final long START = Long.MAX_VALUE - 1; // the clock overflows

    private final UploadRate rate = new UploadRate();

    private static long at(double seconds) {
        return START + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void isTooSlowBelowFiveHundredBytesPerSecond() {
        assertThat(rate.run(at(0), 100)).isEqualTo(at(10));
        assertThat(rate.isTooSlow(at(9.9), 100)).isFalse();
        assertThat(rate.isTooSlow(at(10), 5_099)).isTrue();
    }

    @Test
    void startsNextWindowWithEnoughBytes() {
        rate.run(at(0), 0);
        assertThat(rate.isTooSlow(at(10), 5_000)).isFalse();
        assertThat(rate.run(at(10), 5_000)).isEqualTo(at(20));
        assertThat(rate.isTooSlow(at(20), 9_999)).isTrue();
    }

    @Test
    void doesNotCountTimeInWhichClientIsNotAwaited() {
        rate.run(at(0), 0);
        rate.stop();
        assertThat(rate.isTooSlow(at(10), 0)).isFalse();
        assertThat(rate.run(at(11), 0)).isEqualTo(at(21));
    }
}
