package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadCensusTest {

    private long nanos = System.nanoTime();

    @Test
    void agesCountFromTheFirstSight() throws Exception {
        ThreadCensus census = new ThreadCensus(() -> nanos);
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
}
