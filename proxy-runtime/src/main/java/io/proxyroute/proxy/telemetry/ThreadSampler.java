package io.proxyroute.proxy.telemetry;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts virtual threads, including those that filters start themselves, and derives their age from the first sample that
 * contains them. After a sample, at least {@value #COST_SHARE} times its duration passes before the next, so that sampling
 * costs at most 1/{@value #COST_SHARE} of a core. {@link #take()} is called by the telemetry thread; other methods may be
 * called on any thread.
 */
public final class ThreadSampler {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadSampler.class);
    private static final int COST_SHARE = 50;

    private final LongSupplier nanoClock;
    private final Dump dump;
    private Map<Long, Long> firstSeen = Map.of();
    private volatile Count latest = new Count(0, 0);
    private long notBefore;

    /** Live virtual threads and the age of the oldest; both -1 if counting failed. */
    public record Count(int virtual, double oldestSeconds) {}

    /** See {@link ThreadDump#take}. */
    @FunctionalInterface
    interface Dump {
        void take(int maxFrames, Consumer<ThreadDump.ThreadInfo> visitor) throws IOException;
    }

    /**
     * Creates a sampler with a count of zero.
     *
     * @param nanoClock a monotonic clock
     */
    public ThreadSampler(LongSupplier nanoClock) {
        this(nanoClock, ThreadDump::take);
    }

    ThreadSampler(LongSupplier nanoClock, Dump dump) {
        this.nanoClock = nanoClock;
        this.dump = dump;
        this.notBefore = nanoClock.getAsLong();
    }

    /** Takes a sample, unless it is too early after the last one. */
    void take() {
        long start = nanoClock.getAsLong();
        if (start - notBefore < 0) {
            return;
        }
        Map<Long, Long> seen = new HashMap<>();
        try {
            dump.take(0, thread -> {
                if (thread.virtual()) {
                    seen.put(thread.id(), firstSeenOr(thread.id(), start));
                }
            });
        } catch (IOException e) {
            latest = new Count(-1, -1); // an outdated count would look current
            LOG.warn("Cannot count virtual threads: {}", e.toString());
            return;
        }
        synchronized (this) {
            firstSeen = seen;
        }
        long oldest = seen.values().stream().mapToLong(at -> start - at).max().orElse(0);
        latest = new Count(seen.size(), oldest / (double) TimeUnit.SECONDS.toNanos(1));
        long end = nanoClock.getAsLong();
        notBefore = end + COST_SHARE * (end - start);
    }

    private synchronized long firstSeenOr(long id, long now) {
        return firstSeen.getOrDefault(id, now);
    }

    /** Seconds since a virtual thread was first sampled; 0 if it has not been. */
    public synchronized double ageSeconds(long id) {
        Long at = firstSeen.get(id);
        return at == null ? 0 : (nanoClock.getAsLong() - at) / 1e9;
    }

    /** The latest count. */
    public Count latest() {
        return latest;
    }

    /** The current number of live platform threads. */
    public static int platform() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
