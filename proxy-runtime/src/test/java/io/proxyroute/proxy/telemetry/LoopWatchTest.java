package io.proxyroute.proxy.telemetry;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LoopWatchTest {

    private volatile long nanos;

    @Test
    void aStuckLoopIsNamed() {
        CountDownLatch gate = new CountDownLatch(1);
        try (EventLoops loops = new EventLoops(Transport.available(), 2)) {
            LoopWatch watch = new LoopWatch(loops, () -> nanos);
            watch.tick();
            await().atMost(60, SECONDS)
                    .until(() -> watch.lag(0).isZero() && watch.lag(1).isZero());
            loops.all().get(1).execute(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            watch.tick();
            await().atMost(60, SECONDS).until(() -> {
                nanos += SECONDS.toNanos(1);
                watch.tick();
                return watch.stuck(Duration.ofSeconds(10)).isPresent();
            });
            assertThat(watch.stuck(Duration.ofSeconds(10)).orElseThrow())
                    .matches("Event loop 1 has run no task for \\d+\\.\\d s\\.");
            assertThat(watch.lag(1)).isGreaterThan(Duration.ofSeconds(10));
            gate.countDown();
            await().atMost(60, SECONDS)
                    .until(() -> watch.stuck(Duration.ofSeconds(10)).isEmpty());
        } finally {
            gate.countDown();
        }
    }
}
