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
 * Turns snapshots into {@link PoolDemand} and remembers a window of it: counters become differences, per process. Used
 * by one thread at a time.
 */
public final class DemandHistory {

    /** The API bounds window over interval likewise. */
    private static final int MOST = 1000;

    private final Deque<PoolDemand> looks = new ArrayDeque<>();
    private Map<Process, Counters> before = new HashMap<>();

    private record Process(String podUid, Instant startedAt) {}

    private record Counters(long acquireTimeouts, long leaks) {}

    /**
     * Takes one look.
     *
     * @param now never before the last one
     * @param snapshots recent ones of serving pods
     * @param complete whether there is one of every serving pod
     * @param window older looks are forgotten
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
            Counters present = new Counters(
                    snapshot.pools().stream()
                            .mapToLong(PoolUsage::acquireTimeoutsTotal)
                            .sum(),
                    snapshot.ledger().leaksTotal());
            Counters past = before.getOrDefault(process, present);
            counters.put(process, present);
            long vain = Math.max(0, present.acquireTimeouts() - past.acquireTimeouts());
            timeouts += vain;
            leaking |= present.leaks() > past.leaks();
            for (PoolUsage pool : snapshot.pools()) {
                peak = Math.max(peak, pool.peakActivePerEndpoint());
                waitMillis = Math.max(waitMillis, pool.acquireP99Millis());
                atLimit |= pool.peakActivePerEndpoint() >= pool.maxPerEndpoint() && (pool.pending() > 0 || vain > 0);
            }
        }
        before = counters;
        looks.addLast(new PoolDemand(
                now,
                complete && !snapshots.isEmpty(),
                peak,
                atLimit,
                timeouts,
                Duration.ofNanos(Math.round(waitMillis * 1e6)),
                leaking));
        Instant horizon = now.minus(window);
        while (looks.size() > MOST || looks.size() > 1 && secondOldest().at().compareTo(horizon) <= 0) {
            looks.removeFirst();
        }
    }

    /** Starts over, since the settings that were measured under are no longer in force. */
    public void restart() {
        looks.clear();
    }

    /** The looks of the window, oldest first; the oldest may lie just before it. */
    public List<PoolDemand> looks() {
        return List.copyOf(looks);
    }

    private PoolDemand secondOldest() {
        var iterator = looks.iterator();
        iterator.next();
        return iterator.next();
    }
}
