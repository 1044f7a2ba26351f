package io.proxyroute.proxy.telemetry;

import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the live set periodically, together with the traffic at that time. Measurements run one at a time on the given
 * thread, which should do little else; methods may be called on any thread.
 */
public final class LiveSet {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSet.class);

    /** Prevents the pods of a route from collecting at the same time. */
    private static final double JITTER = 0.1;

    private final FullCollection collection;
    private final RollingAverages means;
    private final LiveSetArchive archive;
    private final ScheduledExecutorService thread;
    private final RandomGenerator random;
    private Duration interval = Duration.ZERO;
    private ScheduledFuture<?> next;

    /** Of the schedule: a measurement in progress during a change does not continue the old one. */
    private long generation;

    private volatile LiveSetSample latest;

    /**
     * Idle until {@link #schedule} is called.
     *
     * @param thread a single-threaded executor for the measurements
     */
    public LiveSet(
            FullCollection collection,
            RollingAverages means,
            LiveSetArchive archive,
            ScheduledExecutorService thread,
            RandomGenerator random) {
        this.collection = collection;
        this.means = means;
        this.archive = archive;
        this.thread = thread;
        this.random = random;
    }

    /** Sets the interval; zero stops measuring. An unchanged interval leaves the schedule as it is. */
    public synchronized void schedule(Duration newInterval) {
        if (newInterval.equals(interval)) {
            return;
        }
        interval = newInterval;
        generation++;
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        scheduleNext();
    }

    private void scheduleNext() {
        if (!interval.isZero()) {
            double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
            long current = generation;
            next = thread.schedule(
                    () -> runScheduled(current), (long) (interval.toNanos() * factor), TimeUnit.NANOSECONDS);
        }
    }

    private void runScheduled(long scheduledGeneration) {
        try {
            measure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (TimeoutException | RuntimeException e) {
            LOG.warn("Cannot measure the live set: {}", e.getMessage());
        }
        synchronized (this) {
            if (scheduledGeneration == generation) {
                scheduleNext();
            }
        }
    }

    private LiveSetSample measure() throws InterruptedException, TimeoutException {
        FullCollection.Result result = collection.collect();
        LiveSetSample sample = new LiveSetSample(
                result.at(),
                result.liveBytes(),
                result.maxBytes(),
                means.inFlight(),
                means.connections(),
                means.requestsPerSecond(),
                result.millis());
        latest = sample;
        archive.add(sample);
        return sample;
    }

    /** Measures now and waits for the result; the schedule does not change. */
    public LiveSetSample measureNow() throws InterruptedException, TimeoutException {
        try {
            return thread.submit(this::measure).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException timeout) {
                throw timeout;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The latest measurement; null before the first. */
    public LiveSetSample latest() {
        return latest;
    }

    /** The measurements of this process and of earlier ones. */
    public LiveSetHistory history() {
        return archive.history();
    }
}
