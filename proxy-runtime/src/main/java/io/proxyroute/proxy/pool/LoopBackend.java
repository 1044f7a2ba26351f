package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;

/** A backend on one event loop: the links to each endpoint, and the rotation among them. Confined to the loop. */
final class LoopBackend {

    private static final LoopLinks[] NONE = {};

    private final PoolLoop poolLoop;
    private final LoopStats stats;
    private final Rotation<LoopLinks> rotation;
    /** All event loops of the pool. */
    private final PoolLoop[] loops;
    /** The same backend on each event loop. */
    private final LoopBackend[] siblings;

    private volatile LoopLinks[] endpoints = NONE;

    /**
     * Starts without endpoints.
     *
     * @param siblings filled by the caller before the first acquire
     */
    LoopBackend(PoolLoop poolLoop, PoolLoop[] loops, LoopStats stats, LoopBackend[] siblings) {
        this.poolLoop = poolLoop;
        this.loops = loops;
        this.stats = stats;
        this.siblings = siblings;
        this.rotation = new Rotation<>(poolLoop.number(), loops.length);
    }

    /** Replaces the endpoints. Called on any thread. */
    void updateEndpoints(LoopLinks[] newEndpoints) {
        endpoints = newEndpoints;
    }

    /** Not modified. */
    LoopLinks[] endpoints() {
        return endpoints;
    }

    PoolLoop poolLoop() {
        return poolLoop;
    }

    LoopStats stats() {
        return stats;
    }

    /** Chooses from a list returned by {@link #endpoints()}. */
    LoopLinks choose(LoopLinks[] from) {
        return rotation.next(from);
    }

    /** The links to an endpoint; null if it has left the backend. */
    LoopLinks links(EndpointSlot slot) {
        for (LoopLinks links : endpoints) {
            if (links.slot() == slot) {
                return links;
            }
        }
        return null;
    }

    /**
     * Whether to move an idle link of the endpoint from another event loop rather than open one. True if the caps do
     * not allow each loop a link to each endpoint, and this loop, or all of them together, have their share: otherwise
     * links that must move constantly would use up the caps.
     */
    boolean prefersMoving(LoopLinks chosen) {
        PoolSettings settings = poolLoop.capacity().settings();
        int max = settings.maxConnections();
        LoopLinks[] all = endpoints;
        boolean scarce = (long) loops.length * all.length > max || loops.length > settings.maxPerEndpoint();
        if (loops.length == 1 || !scarce || chosen.idleElsewhere() == null) {
            return false;
        }
        int share = all.length < loops.length ? 1 : Math.max(1, max / loops.length);
        int here = 0;
        int everywhere = 0;
        for (LoopLinks links : all) {
            here += links.idle() + links.active();
            everywhere += links.slot().open();
        }
        return here >= share || everywhere >= loops.length * share;
    }

    /** The links of any endpoint and event loop with an idle link; null if there is none. */
    LoopLinks anyIdle() {
        for (int i = 0; i < loops.length; i++) {
            if (loops[i].idle().count() > 0) {
                for (LoopLinks links : siblings[i].endpoints) {
                    if (links.idle() > 0) {
                        return links;
                    }
                }
            }
        }
        return null;
    }

    /** Whether an endpoint of the backend is under its own cap. */
    boolean hasRoom() {
        for (LoopLinks links : endpoints) {
            if (!poolLoop.capacity().isFull(links.slot())) {
                return true;
            }
        }
        return false;
    }

    /** The event loop with the link that has been idle longest, across all backends; null if none is idle. */
    PoolLoop longestIdle() {
        PoolLoop longest = null;
        for (PoolLoop loop : loops) {
            if (loop.idle().count() > 0
                    && (longest == null
                            || loop.idle().oldestNanos() - longest.idle().oldestNanos() < 0)) {
                longest = loop;
            }
        }
        return longest;
    }
}
