package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CarrierProbeTest {

    @Test
    void measuresDelayWhileThreadsSpin() {
        AtomicBoolean spin = new AtomicBoolean(true);
        try (ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
                CarrierProbe probe = new CarrierProbe(scheduler, System::nanoTime)) {
            try {
                for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                    Thread.ofVirtual().start(() -> {
                        while (spin.get()) {
                            Thread.onSpinWait();
                        }
                    });
                }
                await().until(() -> probe.delay().compareTo(Duration.ofSeconds(1)) > 0);
            } finally {
                spin.set(false);
            }
            await().until(() -> probe.delay().compareTo(Duration.ofSeconds(1)) < 0);
        }
    }

    @Test
    void ignoresTimeInWhichSchedulerDidNotRun() throws Exception {
        AtomicLong now = new AtomicLong();
        BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        CompletableFuture<CarrierProbe> ticking = new CompletableFuture<>();
        CompletableFuture<Duration> afterAPause = new CompletableFuture<>();
        try (ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
                CarrierProbe probe = new CarrierProbe(scheduler, now::get, started -> {
                    // On the scheduler's thread, which therefore cannot tick until then.
                    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
                    afterAPause.complete(ticking.join().delay());
                    waiting.add(started);
                })) {
            ticking.complete(probe);
            assertThat(afterAPause.get()).isLessThan(Duration.ofSeconds(1));

            await("while the scheduler does get to run")
                    .until(() -> probe.delay().compareTo(Duration.ofSeconds(1)) > 0);
            waiting.take().run();
            assertThat(probe.delay()).as("of the completed probe").isGreaterThan(Duration.ofSeconds(1));
        }
    }
}
