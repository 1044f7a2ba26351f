package io.proxyroute.proxy.telemetry;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EventLoopMonitorTest {

    private volatile long nanos;

    @Test
    void namesStuckLoop() {
        CountDownLatch gate = new CountDownLatch(1);
        try (EventLoops loops = new EventLoops(Transport.available(), 2)) {
            EventLoopMonitor monitor = new EventLoopMonitor(loops, () -> nanos);
            monitor.tick();
            await().atMost(60, SECONDS)
                    .until(() -> monitor.lag(0).isZero() && monitor.lag(1).isZero());
            loops.all().get(1).execute(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            monitor.tick();
            await().atMost(60, SECONDS).until(() -> {
                nanos += SECONDS.toNanos(1);
                monitor.tick();
                return monitor.stuckLoop(Duration.ofSeconds(10)).isPresent();
            });
            assertThat(monitor.stuckLoop(Duration.ofSeconds(10)).orElseThrow())
                    .matches("Event loop 1 is stuck: no task has run for \\d+\\.\\d s\\.");
            assertThat(monitor.lag(1)).isGreaterThan(Duration.ofSeconds(10));
            gate.countDown();
            await().atMost(60, SECONDS)
                    .until(() -> monitor.stuckLoop(Duration.ofSeconds(10)).isEmpty());
        } finally {
            gate.countDown();
        }
    }
}
