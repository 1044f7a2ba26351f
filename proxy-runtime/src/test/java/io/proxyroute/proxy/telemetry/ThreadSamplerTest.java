package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ThreadSamplerTest {

    private long nanos = System.nanoTime();

    @Test
    void agesCountFromTheFirstSight() throws Exception {
        ThreadSampler census = new ThreadSampler(() -> nanos);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(5);
        Thread[] threads = new Thread[5];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.startVirtualThread(() -> {
                started.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        started.await();
        census.take();
        int many = census.latest().virtual();
        assertThat(many).isGreaterThanOrEqualTo(5);
        nanos += TimeUnit.SECONDS.toNanos(90);
        census.take();
        assertThat(census.latest().oldestSeconds()).isEqualTo(90);
        assertThat(census.ageSeconds(threads[0].threadId())).isEqualTo(90);
        gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        nanos += TimeUnit.SECONDS.toNanos(1);
        census.take();
        assertThat(census.latest().virtual()).isLessThanOrEqualTo(many - 5);
        assertThat(census.ageSeconds(threads[0].threadId())).isZero();
    }

    @Test
    void aCountThatFailsIsUnknownAndNotTheOneBefore() {
        AtomicBoolean full = new AtomicBoolean();
        ThreadSampler census = new ThreadSampler(() -> nanos, (maxFrames, visitor) -> {
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            visitor.accept(new ThreadDump.Found(7, true, "v", "WAITING", List.of()));
        });
        census.take();
        assertThat(census.latest()).isEqualTo(new ThreadSampler.Count(1, 0));
        full.set(true);
        census.take();
        assertThat(census.latest()).isEqualTo(new ThreadSampler.Count(-1, -1));
        full.set(false);
        nanos += TimeUnit.SECONDS.toNanos(5);
        census.take();
        assertThat(census.latest()).isEqualTo(new ThreadSampler.Count(1, 5));
    }
}
