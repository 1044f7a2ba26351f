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
 * Measures the live set on a schedule of its own, with the traffic of that moment. Measurements run one at a time on the
 * given thread, which must do little else; methods may be called from any thread.
 */
public final class LiveSet {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSet.class);

    /** Keeps the pods of one route from collecting in step. */
    private static final double JITTER = 0.1;

    private final FullCollection collection;
    private final MinuteMeans means;
    private final LiveSetArchive archive;
    private final ScheduledExecutorService thread;
    private final RandomGenerator random;
    private Duration interval = Duration.ZERO;
    private ScheduledFuture<?> next;

    /** Of the schedule; a measurement under way while it is changed does not go on with the old one. */
    private long generation;

    private volatile LiveSetSample latest;

    /**
     * Measures nothing until {@link #every} is called.
     *
     * @param thread runs the measurements; a single one
     */
    public LiveSet(
            FullCollection collection,
            MinuteMeans means,
            LiveSetArchive archive,
            ScheduledExecutorService thread,
            RandomGenerator random) {
        this.collection = collection;
        this.means = means;
        this.archive = archive;
        this.thread = thread;
        this.random = random;
    }

    /** Sets the interval; zero for never. The same interval again leaves the schedule as it is. */
    public synchronized void every(Duration newInterval) {
        if (newInterval.equals(interval)) {
            return;
        }
        interval = newInterval;
        generation++;
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        plan();
    }

    private void plan() {
        if (!interval.isZero()) {
            double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
            long current = generation;
            next = thread.schedule(
                    () -> scheduled(current), (long) (interval.toNanos() * factor), TimeUnit.NANOSECONDS);
        }
    }

    private void scheduled(long planned) {
        try {
            measure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (TimeoutException | RuntimeException e) {
            LOG.warn("The live set could not be measured: {}.", e.getMessage());
        }
        synchronized (this) {
            if (planned == generation) {
                plan();
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

    /** Measures at once and waits for it; the schedule stays as it is. */
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

    /** The newest measurement; null before the first. */
    public LiveSetSample latest() {
        return latest;
    }

    /** This process' measurements and those before it. */
    public LiveSetHistory history() {
        return archive.history();
    }
}
