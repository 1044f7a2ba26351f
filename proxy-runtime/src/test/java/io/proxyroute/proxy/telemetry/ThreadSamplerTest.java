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
    void measuresAgesFromFirstSample() throws Exception {
        ThreadSampler sampler = new ThreadSampler(() -> nanos);
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
        sampler.take();
        int many = sampler.latest().virtual();
        assertThat(many).isGreaterThanOrEqualTo(5);
        nanos += TimeUnit.SECONDS.toNanos(90);
        sampler.take();
        assertThat(sampler.latest().oldestSeconds()).isEqualTo(90);
        assertThat(sampler.ageSeconds(threads[0].threadId())).isEqualTo(90);
        gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        nanos += TimeUnit.SECONDS.toNanos(1);
        sampler.take();
        assertThat(sampler.latest().virtual()).isLessThanOrEqualTo(many - 5);
        assertThat(sampler.ageSeconds(threads[0].threadId())).isZero();
    }

    @Test
    void reportsUnknownWhenCountingFails() {
        AtomicBoolean full = new AtomicBoolean();
        ThreadSampler sampler = new ThreadSampler(() -> nanos, (maxFrames, visitor) -> {
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            visitor.accept(new ThreadDump.ThreadInfo(7, true, "v", "WAITING", List.of()));
        });
        sampler.take();
        assertThat(sampler.latest()).isEqualTo(new ThreadSampler.Count(1, 0));
        full.set(true);
        sampler.take();
        assertThat(sampler.latest()).isEqualTo(new ThreadSampler.Count(-1, -1));
        full.set(false);
        nanos += TimeUnit.SECONDS.toNanos(5);
        sampler.take();
        assertThat(sampler.latest()).isEqualTo(new ThreadSampler.Count(1, 5));
    }
}
