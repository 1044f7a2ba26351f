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
 * Counts virtual threads, those that filters started by themselves included, and tells their age from when they were
 * first seen. A count waits until {@value #COST_SHARE} times what the last one took has passed, so that even very many
 * threads cost at most that share of a core. {@link #take()} is called by the telemetry thread; reading is safe on any.
 */
public final class ThreadSampler {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadSampler.class);
    private static final int COST_SHARE = 50;

    private final LongSupplier nanoClock;
    private final Dump dump;
    private Map<Long, Long> firstSeen = Map.of();
    private volatile Count latest = new Count(0, 0);
    private long notBefore;

    /** Virtual threads alive, and the age of the oldest; -1 both where they could not be counted. */
    public record Count(int virtual, double oldestSeconds) {}

    /** See {@link ThreadDump#take}. */
    @FunctionalInterface
    interface Dump {
        void take(int maxFrames, Consumer<ThreadDump.Found> visitor) throws IOException;
    }

    /**
     * Has counted nothing yet.
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

    /** Counts, unless the last count was too dear for that. */
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
            latest = new Count(-1, -1); // an old count would pass for one of now
            LOG.warn("Virtual threads cannot be counted: {}.", e.toString());
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

    /** Age of a virtual thread in seconds, as far as it was seen; 0 where it is new. */
    public synchronized double ageSeconds(long id) {
        Long at = firstSeen.get(id);
        return at == null ? 0 : (nanoClock.getAsLong() - at) / 1e9;
    }

    /** The newest count. */
    public Count latest() {
        return latest;
    }

    /** Live platform threads, at this moment. */
    public static int platform() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
