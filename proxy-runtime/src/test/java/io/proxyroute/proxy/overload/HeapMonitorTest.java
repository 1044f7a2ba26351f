package io.proxyroute.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapMonitorTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // overflows

    private void pass(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void pressureIsSmallestUsageOfLastTenSeconds() {
        try (HeapMonitor monitor = new HeapMonitor(1000, clock::get)) {
            monitor.collected(500);
            pass(4);
            monitor.collected(900);
            assertThat(monitor.pressure()).isEqualTo(0.5);
            pass(7);
            assertThat(monitor.pressure()).isEqualTo(0.9);
            monitor.collected(950);
            assertThat(monitor.pressure()).isEqualTo(0.9);
            pass(4);
            assertThat(monitor.pressure()).isEqualTo(0.95);
            monitor.collected(100);
            assertThat(monitor.pressure()).isEqualTo(0.1);
            pass(11);
            assertThat(monitor.pressure()).isZero();
        }
    }

    @Test
    void collectionsOfThisProcessAreSeen() {
        try (HeapMonitor monitor = new HeapMonitor(Runtime.getRuntime().maxMemory(), System::nanoTime)) {
            System.gc();
            await().untilAsserted(() -> assertThat(monitor.pressure()).isStrictlyBetween(0.0, 1.0));
        }
    }
}
