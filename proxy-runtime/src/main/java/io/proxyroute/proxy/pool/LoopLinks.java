package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import io.proxyroute.proxy.pool.BackendQueue.Waiter;
import io.proxyroute.proxy.stream.EndCause;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The links to one endpoint on one event loop. Idle links are reused newest first, and expire oldest first. Confined to
 * the loop, except where noted.
 */
final class LoopLinks implements Link.Owner, Rotation.Candidate {

    private final PoolLoop poolLoop;
    private final Capacity capacity;
    private final String backend;
    private final EndpointSlot slot;
    private final InetSocketAddress address;
    private final LoopStats stats;
    /** The links to the same endpoint on each event loop. */
    private final LoopLinks[] loops;

    private final PeakMeter peak = new PeakMeter();
    private final LoopCounter idle = new LoopCounter();
    private final LoopCounter oldestNanos = new LoopCounter();
    private final LoopCounter active = new LoopCounter();
    private Link newest;
    private Link oldest;

    /**
     * Starts without links.
     *
     * @param address unresolved if the endpoint is given by name
     * @param loops filled by the caller before a link is opened
     */
    LoopLinks(
            PoolLoop poolLoop,
            String backend,
            EndpointSlot slot,
            InetSocketAddress address,
            LoopStats stats,
            LoopLinks[] loops) {
        this.poolLoop = poolLoop;
        this.capacity = poolLoop.capacity();
        this.backend = backend;
        this.slot = slot;
        this.address = address;
        this.stats = stats;
        this.loops = loops;
    }

    // --- called on any thread

    @Override
    public EventLoop loop() {
        return poolLoop.loop();
    }

    @Override
    public String backend() {
        return backend;
    }

    @Override
    public Endpoint endpoint() {
        return slot.endpoint();
    }

    EndpointSlot slot() {
        return slot;
    }

    int idle() {
        return (int) idle.get();
    }

    int active() {
        return (int) active.get();
    }

    /** The highest number of leases in the last minute. */
    int peakActive(long nowNanos) {
        return peak.lastMinute(nowNanos, active());
    }

    /** The links to the same endpoint on the other event loop whose link has been idle longest; null if none is. */
    LoopLinks idleElsewhere() {
        LoopLinks longest = null;
        for (LoopLinks links : loops) {
            if (links != this
                    && links.idle() > 0
                    && (longest == null || links.oldestNanos.get() - longest.oldestNanos.get() < 0)) {
                longest = links;
            }
        }
        return longest;
    }

    // --- leases

    @Override
    public long nanoTime() {
        return poolLoop.wheel().nanoTime();
    }

    @Override
    public boolean hasIdle() {
        return newest != null;
    }

    @Override
    public boolean isAvailable() {
        return slot.health().isAvailable(nanoTime());
    }

    /** Lends the idle link that was used last; null if there is none. */
    Lease reuse(long nowNanos) {
        while (newest != null) {
            Link link = newest;
            removeIdle(link);
            if (link.isReusable()) {
                return lend(link, nowNanos);
            }
            link.close();
        }
        return null;
    }

    /** Lends a link that is not idle. */
    Lease lend(Link link, long nowNanos) {
        Lease lease = link.open();
        poolLoop.leases().add(lease);
        active.add(1);
        peak.record(active(), nowNanos);
        return lease;
    }

    @Override
    public void leaseStalled(Lease lease, boolean stalled) {
        StalledResponses all = slot.queue().stalled();
        if (stalled) {
            all.add(poolLoop.number(), lease);
            if (capacity.isHeldBySlowReaders(slot.queue())) {
                endLongestStall();
            }
        } else {
            all.remove(poolLoop.number(), lease);
        }
    }

    /** In a task of its own: the lease may be receiving bytes. Called on any thread. */
    void endLongestStall() {
        poolLoop.loop().execute(() -> {
            Lease longest = slot.queue().stalled().longest(poolLoop.number());
            if (longest != null && capacity.isHeldBySlowReaders(slot.queue())) {
                longest.fail(EndCause.CLIENT_STALLED);
            }
        });
    }

    /** The links to the same endpoint on an event loop with stalled responses, preferably this one; null if none has. */
    LoopLinks withStalledResponses() {
        StalledResponses all = slot.queue().stalled();
        if (all.count(poolLoop.number()) > 0) {
            return this;
        }
        for (LoopLinks links : loops) {
            if (all.count(links.poolLoop.number()) > 0) {
                return links;
            }
        }
        return null;
    }

    @Override
    public void leaseClosed(Lease lease) {
        poolLoop.leases().remove(lease);
        active.add(-1);
    }

    @Override
    public void leaseSuspected(Lease lease) {
        stats.suspectedLeaks.add(1);
    }

    @Override
    public void leaseAbandoned(Lease lease) {
        stats.abandoned.add(1);
    }

    @Override
    public void responded(long waitedNanos, boolean started) {
        long now = nanoTime();
        stats.responseWaits.add(waitedNanos, now);
        if (started) {
            slot.health().responded(now);
        }
    }

    @Override
    public void requestFailed() {
        slot.health().requestFailed(nanoTime());
    }

    // --- links

    /** Whether the endpoint is given by a name that has not been resolved. */
    boolean isUnresolved() {
        return address.isUnresolved();
    }

    /** Opens a link. The caller holds a permit for it, which is released if this fails. */
    void open(LoopConnector.Listener listener) {
        poolLoop.connector().connect(address, this, new LoopConnector.Listener() {
            @Override
            public void opened(Link link) {
                listener.opened(link);
            }

            @Override
            public void failed(Link link, EndCause cause) {
                if (link != null) { // otherwise this process has no descriptor or memory left
                    slot.health().connectFailed(nanoTime());
                }
                try {
                    releasePermitOnce(link);
                } finally {
                    listener.failed(link, cause);
                }
            }
        });
    }

    @Override
    public void closed(Link link) {
        if (isIdle(link)) {
            removeIdle(link);
        }
        releasePermitOnce(link);
    }

    /** Releases the permit, once. */
    private void releasePermitOnce(Link link) {
        if (link == null || !link.permitReleased) {
            if (link != null) {
                link.permitReleased = true;
            }
            capacity.releasePermit(slot);
        }
    }

    @Override
    public void returned(Link link) {
        long now = nanoTime();
        PoolSettings settings = capacity.settings();
        boolean expired =
                settings.maxLifetimeNanos() > 0 && link.lifetimeLeftNanos(settings.maxLifetimeNanos(), now) <= 0;
        if (expired || slot.isRetired() || capacity.exceedsCaps(slot)) {
            link.close();
            return;
        }
        if (capacity.isNeeded(slot.queue()) && !(offerToWaiters(link, now) instanceof FreedLink.Keep)) {
            return;
        }
        addIdle(link, now, settings);
        // A waiter added after the check looks for idle links after it is queued: one of the two finds the other.
        if (capacity.isNeeded(slot.queue())) {
            offerToWaiters(link, now);
        }
    }

    @Override
    public void expired(Link link) {
        removeIdle(link);
        link.close();
    }

    /** Closes all idle links. Called on any thread; runs on the loop. */
    void closeAllIdle() {
        loop().execute(this::closeIdle);
    }

    /**
     * Closes the links that have been idle longest while there is a surplus. Called on any thread; runs on the loop.
     */
    void closeSurplus(AtomicInteger surplus) {
        loop().execute(() -> {
            while (oldest != null && surplus.getAndDecrement() > 0) {
                expired(oldest);
            }
        });
    }

    private void closeIdle() {
        while (oldest != null) {
            expired(oldest);
        }
    }

    // --- waiters

    /** Offers the link that has been idle longest to the waiters. Called on any thread; runs on the loop. */
    void offer(Waiter waiter) {
        if (loop().inEventLoop()) {
            offerIdle(waiter);
        } else {
            loop().execute(() -> offerIdle(waiter));
        }
    }

    private void offerIdle(Waiter waiter) {
        while (oldest != null && !oldest.isReusable()) {
            expired(oldest);
        }
        if (oldest == null
                || offerToWaiters(oldest, nanoTime()) instanceof FreedLink.Close(boolean forOtherBackend)
                        && forOtherBackend) {
            capacity.retryLater(waiter);
        }
    }

    /** Assigns a free link as the waiters require. An idle link stays listed until the decision. */
    private FreedLink offerToWaiters(Link link, long now) {
        FreedLink freed = capacity.assignFreed(slot, poolLoop.number(), link.isMovable());
        if (!(freed instanceof FreedLink.Keep) && isIdle(link)) {
            removeIdle(link);
        }
        switch (freed) {
            case FreedLink.HandOver(Waiter waiter) -> waiter.leaseGranted(lend(link, now));
            case FreedLink.Move(Waiter waiter) -> move(link, waiter);
            case FreedLink.Close _ -> link.close();
            case FreedLink.Keep _ -> {}
        }
        return freed;
    }

    private void move(Link link, Waiter waiter) {
        LoopLinks target = loops[waiter.loop()];
        LinkMove.start(link, target.loop(), new LinkMove.Listener() {
            @Override
            public void arrived() {
                link.moveTo(target);
                target.arrived(link, waiter);
            }

            @Override
            public void failed() {
                capacity.requeue(waiter);
                try {
                    link.close();
                } finally {
                    releasePermitOnce(link);
                }
            }
        });
    }

    private void arrived(Link link, Waiter waiter) {
        if (slot.isRetired() || !link.isReusable()) {
            capacity.requeue(waiter);
            link.close();
        } else {
            link.markReused();
            waiter.leaseGranted(lend(link, nanoTime()));
        }
    }

    // --- idle links

    private boolean isIdle(Link link) {
        return link.olderIdle != null || oldest == link;
    }

    private void addIdle(Link link, long now, PoolSettings settings) {
        link.markReused();
        link.idleSinceNanos = now;
        link.olderIdle = newest;
        if (newest == null) {
            oldest = link;
            oldestNanos.set(now);
        } else {
            newest.newerIdle = link;
        }
        newest = link;
        long remainingNanos = settings.keepAliveNanos() > 0 ? settings.keepAliveNanos() : Long.MAX_VALUE;
        if (settings.maxLifetimeNanos() > 0) {
            remainingNanos = Math.min(remainingNanos, link.lifetimeLeftNanos(settings.maxLifetimeNanos(), now));
        }
        remainingNanos = Math.min(remainingNanos, link.backendIdleNanos());
        if (remainingNanos != Long.MAX_VALUE) {
            poolLoop.wheel().arm(link.idleEnd, now + remainingNanos);
        }
        poolLoop.idle().add(link);
        idle.addVolatile(1);
    }

    private void removeIdle(Link link) {
        link.idleEnd.cancel();
        if (link.olderIdle == null) {
            oldest = link.newerIdle;
            if (oldest != null) {
                oldestNanos.set(oldest.idleSinceNanos);
            }
        } else {
            link.olderIdle.newerIdle = link.newerIdle;
        }
        if (link.newerIdle == null) {
            newest = link.olderIdle;
        } else {
            link.newerIdle.olderIdle = link.olderIdle;
        }
        link.olderIdle = null;
        link.newerIdle = null;
        poolLoop.idle().remove(link);
        idle.add(-1);
    }
}
