package io.proxyroute.proxy.filter;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CarrierProbeTest {

    @Test
    void spinningThreadsShowWhileTheySpinAndAreForgottenAfterwards() {
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
}
