package io.proxyroute.operator.tuning;

import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts snapshots to {@link PoolDemand} samples and keeps a window of them. Counters become differences between two
 * samples of a process. Used by one thread at a time.
 */
public final class DemandHistory {

    /** Matches the API's bound on window / interval. */
    private static final int MAX_SAMPLES = 1000;

    private final Deque<PoolDemand> samples = new ArrayDeque<>();
    private Map<Process, Counters> previousCounters = new HashMap<>();

    private record Process(String podUid, Instant startedAt) {}

    private record Counters(long acquireTimeouts, long leaks) {}

    /**
     * Adds a sample.
     *
     * @param now not before the previous sample
     * @param snapshots recent snapshots of serving pods
     * @param complete whether there is a snapshot of every serving pod
     * @param window older samples are dropped
     */
    public void add(Instant now, Collection<Snapshot> snapshots, boolean complete, Duration window) {
        Map<Process, Counters> counters = new HashMap<>();
        int peak = 0;
        boolean atLimit = false;
        long timeouts = 0;
        double waitMillis = 0;
        boolean leaking = false;
        for (Snapshot snapshot : snapshots) {
            Process process = new Process(snapshot.pod().podUid(), snapshot.startedAt());
            Counters current = new Counters(
                    snapshot.pools().stream()
                            .mapToLong(PoolUsage::acquireTimeoutsTotal)
                            .sum(),
                    snapshot.ledger().leaksTotal());
            Counters previous = previousCounters.getOrDefault(process, current);
            counters.put(process, current);
            long newTimeouts = Math.max(0, current.acquireTimeouts() - previous.acquireTimeouts());
            timeouts += newTimeouts;
            leaking |= current.leaks() > previous.leaks();
            for (PoolUsage pool : snapshot.pools()) {
                peak = Math.max(peak, pool.peakActivePerEndpoint());
                waitMillis = Math.max(waitMillis, pool.acquireP99Millis());
                atLimit |= pool.peakActivePerEndpoint() >= pool.maxPerEndpoint()
                        && (pool.pending() > 0 || newTimeouts > 0);
            }
        }
        previousCounters = counters;
        samples.addLast(new PoolDemand(
                now,
                complete && !snapshots.isEmpty(),
                peak,
                atLimit,
                timeouts,
                Duration.ofNanos(Math.round(waitMillis * 1e6)),
                leaking));
        Instant horizon = now.minus(window);
        while (samples.size() > MAX_SAMPLES
                || samples.size() > 1 && secondOldest().at().compareTo(horizon) <= 0) {
            samples.removeFirst();
        }
    }

    /** Drops all samples, because the settings under which they were measured have changed. */
    public void restart() {
        samples.clear();
    }

    /** The samples of the window, oldest first. The oldest one may be from just before the window. */
    public List<PoolDemand> samples() {
        return List.copyOf(samples);
    }

    private PoolDemand secondOldest() {
        var iterator = samples.iterator();
        iterator.next();
        return iterator.next();
    }
}
