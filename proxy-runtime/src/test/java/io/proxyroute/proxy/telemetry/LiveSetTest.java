package io.proxyroute.proxy.telemetry;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.telemetry.LiveSetSample;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the heap of the test JVM, with its collector. */
class LiveSetTest {

    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    private final FullCollection collection = new FullCollection(InstantSource.system());
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final RollingAverages averages = new RollingAverages(() -> 3, () -> 7, () -> 0, System::nanoTime);
    private final Instant started = Instant.now();
    private LiveSet liveSet;

    @BeforeEach
    void setUp() {
        averages.sample();
        LiveSetArchive archive = new LiveSetArchive(directory.resolve("live.jsonl"), started, InstantSource.system());
        liveSet = new LiveSet(collection, averages, archive, thread, RandomGenerator.getDefault());
    }

    @AfterEach
    void close() {
        thread.shutdownNow();
        collection.close();
    }

    @Test
    void measuresLiveObjectsWithoutGarbage() throws Exception {
        long before = liveSet.measureNow().liveBytes();
        List<byte[]> leak = new ArrayList<>();
        for (int step = 1; step <= 4; step++) {
            for (int i = 0; i < 8; i++) {
                leak.add(new byte[MIB]);
                assertThat(new byte[2 * MIB]).isNotNull();
            }
            LiveSetSample sample = liveSet.measureNow();
            assertThat(sample.liveBytes() - before).isBetween((8L * step - 2) * MIB, (8L * step + 6) * MIB);
            assertThat(sample.maxBytes())
                    .isGreaterThan(sample.liveBytes())
                    .isEqualTo(Runtime.getRuntime().maxMemory());
        }
        assertThat(leak).hasSize(32);
        leak.clear();
        assertThat(liveSet.measureNow().liveBytes() - before).isBetween(-6L * MIB, 6L * MIB);
    }

    @Test
    void recordsTrafficWithEachMeasurement() throws Exception {
        LiveSetSample sample = liveSet.measureNow();
        assertThat(sample.inFlight()).isEqualTo(3);
        assertThat(sample.connections()).isEqualTo(7);
        assertThat(liveSet.latest()).isEqualTo(sample);
    }

    @Test
    void changesIntervalAtRunTime() {
        liveSet.schedule(Duration.ofHours(1));
        assertThat(liveSet.latest()).isNull();
        liveSet.schedule(Duration.ofMillis(100));
        await().atMost(60, SECONDS).until(() -> samples() >= 3);
        liveSet.schedule(Duration.ZERO);
        await().atMost(60, SECONDS).until(() -> {
            int now = samples();
            // A measurement in progress may still finish; after it, none for three times the old interval.
            return thread.schedule(() -> samples() == now, 300, MILLISECONDS).get();
        });
        liveSet.schedule(Duration.ofMillis(100));
        int before = samples();
        await().atMost(60, SECONDS).until(() -> samples() > before);
    }

    @Test
    void keepsOneScheduleWhenChangedDuringMeasurement() {
        List<Runnable> planned = new ArrayList<>();
        List<Long> seconds = new ArrayList<>();
        AtomicReference<LiveSet> changed = new AtomicReference<>();
        InstantSource changing = () -> {
            changed.get().schedule(Duration.ofSeconds(50)); // the clock is read during the measurement
            return Instant.now();
        };
        ScheduledThreadPoolExecutor recording = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                planned.add(task);
                seconds.add(unit.toSeconds(delay));
                return super.schedule(task, 1, TimeUnit.DAYS);
            }
        };
        try (FullCollection measuring = new FullCollection(changing)) {
            LiveSetArchive archive = new LiveSetArchive(null, started, InstantSource.system());
            LiveSet live = new LiveSet(measuring, averages, archive, recording, new NoJitter());
            changed.set(live);
            live.schedule(Duration.ofSeconds(100));
            planned.getFirst().run();
            assertThat(live.latest()).isNotNull();
            assertThat(seconds).containsExactly(100L, 50L);
            planned.getLast().run();
            assertThat(seconds).containsExactly(100L, 50L, 50L);
        } finally {
            recording.shutdownNow();
        }
    }

    /** Adds no jitter. */
    private static final class NoJitter implements RandomGenerator {

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public double nextDouble() {
            return 0.5;
        }
    }

    @Test
    void addsJitterToInterval() {
        List<Long> delays = new ArrayList<>();
        try (ScheduledThreadPoolExecutor recording = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                delays.add(unit.toMillis(delay));
                return super.schedule(task, 1, TimeUnit.DAYS);
            }
        }) {
            for (double random : new double[] {0, 0.5, 0.999}) {
                LiveSetArchive archive = new LiveSetArchive(null, started, InstantSource.system());
                new LiveSet(collection, averages, archive, recording, new RandomGenerator() {
                            @Override
                            public long nextLong() {
                                throw new UnsupportedOperationException();
                            }

                            @Override
                            public double nextDouble() {
                                return random;
                            }
                        })
                        .schedule(Duration.ofSeconds(100));
            }
            recording.shutdownNow();
        }
        assertThat(delays).containsExactly(90_000L, 100_000L, 109_980L);
    }

    private int samples() {
        return liveSet.history().processes().getLast().samples().size();
    }
}
