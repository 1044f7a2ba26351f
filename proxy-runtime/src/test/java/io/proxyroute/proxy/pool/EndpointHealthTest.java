package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EndpointHealthTest {

    private final EndpointHealth health = new EndpointHealth();
    private long now = 1_000_000_000;

    private boolean isAvailable() {
        return health.isAvailable(now);
    }

    private void pass(double seconds) {
        now += (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void failedConnectEjectsForOneSecond() {
        health.connectFailed(now);
        assertThat(isAvailable()).isFalse();
        pass(0.9);
        assertThat(isAvailable()).isFalse();
        pass(0.2);
        assertThat(isAvailable()).isTrue();
    }

    @Test
    void oneAcquirePerSecondProbesAfterEjection() {
        health.connectFailed(now);
        pass(1.1);
        assertThat(isAvailable()).isTrue();
        assertThat(isAvailable()).isFalse();
        pass(1.1);
        assertThat(isAvailable()).isTrue();
    }

    @Test
    void eachFailedProbeDoublesEjectionUpToThirtySeconds() {
        for (int i = 0; i < 10; i++) {
            health.connectFailed(now);
            pass(Math.min(30, 1 << i) - 0.1);
            assertThat(isAvailable()).as("before the end of ejection %d", i).isFalse();
            pass(0.2);
            assertThat(isAvailable()).as("after ejection %d", i).isTrue();
        }
    }

    @Test
    void concurrentFailuresEjectOnce() {
        for (int i = 0; i < 20; i++) {
            health.connectFailed(now);
        }
        pass(1.1);
        assertThat(isAvailable()).isTrue();
    }

    @Test
    void shareGrowsAfterReturn() {
        health.connectFailed(now);
        pass(1.1);
        assertThat(isAvailable()).isTrue();
        health.responded(now);

        assertThat(available(160)).as("of 160 turns at the start").isBetween(5, 20);
        pass(5);
        assertThat(available(160)).as("of 160 turns after 5 s").isBetween(70, 95);
        pass(5);
        assertThat(available(160)).as("of 160 turns after 10 s").isEqualTo(160);
    }

    private int available(int turns) {
        int count = 0;
        for (int i = 0; i < turns; i++) {
            count += isAvailable() ? 1 : 0;
        }
        return count;
    }

    @Test
    void fiveRequestsWithoutResponseEject() {
        for (int i = 0; i < 4; i++) {
            health.requestFailed(now);
        }
        assertThat(isAvailable()).isTrue();
        health.requestFailed(now);
        assertThat(isAvailable()).isFalse();
    }

    @Test
    void responseEndsRowOfFailures() {
        for (int i = 0; i < 20; i++) {
            health.requestFailed(now);
            health.responded(now);
        }
        assertThat(isAvailable()).isTrue();
    }
}
