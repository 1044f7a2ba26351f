package io.proxyroute.proxy.pool;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The leases of one backend whose response is not read, because the client does not read it. While acquires wait, they may
 * hold a quarter of the backend's links, at least one; of more, the ones that have stalled longest are ended. A client that
 * reads, however slowly, stalls for a shorter time than one that does not. Each event loop has a list of its own, confined
 * to it; the counts may be read on any thread.
 */
final class StalledResponses {

    private static final int SHARE = 4;

    /** Longest stall first. */
    private final List<Set<Lease>> perLoop = new ArrayList<>();

    private final AtomicIntegerArray counts;
    private final AtomicInteger total = new AtomicInteger();

    StalledResponses(int loops) {
        this.counts = new AtomicIntegerArray(loops);
        for (int i = 0; i < loops; i++) {
            perLoop.add(new LinkedHashSet<>());
        }
    }

    /** Called on the loop. */
    void add(int loop, Lease lease) {
        if (perLoop.get(loop).add(lease)) {
            counts.incrementAndGet(loop);
            total.incrementAndGet();
        }
    }

    /** Called on the loop. */
    void remove(int loop, Lease lease) {
        if (perLoop.get(loop).remove(lease)) {
            counts.decrementAndGet(loop);
            total.decrementAndGet();
        }
    }

    /** Whether there are more than their share of a backend's links. */
    boolean exceedShareOf(long links) {
        int count = total.get();
        return count > 1 && count > links / SHARE;
    }

    /** How many there are on a loop. */
    int count(int loop) {
        return counts.get(loop);
    }

    /** The one that has stalled longest on a loop; null if there is none. Called on the loop. */
    Lease longest(int loop) {
        Iterator<Lease> leases = perLoop.get(loop).iterator();
        return leases.hasNext() ? leases.next() : null;
    }
}
