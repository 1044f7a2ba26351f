package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.pool.BackendQueue.Waiter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The idle links of one event loop, over all backends, longest idle first. They close if another endpoint needs
 * a permit. Confined to the loop, except where noted.
 */
final class IdleLinks {

    private final EventLoop loop;
    private final Capacity capacity;
    private final LoopCounter count = new LoopCounter();
    private final LoopCounter oldestNanos = new LoopCounter();
    private Link oldest;
    private Link newest;

    IdleLinks(EventLoop loop, Capacity capacity) {
        this.loop = loop;
        this.capacity = capacity;
    }

    /** How many there are. Called on any thread. */
    int count() {
        return (int) count.get();
    }

    /** When the first of them became idle; meaningless if there is none. Called on any thread. */
    long oldestNanos() {
        return oldestNanos.get();
    }

    /** Adds a link that has become idle just now. */
    void add(Link link) {
        link.olderOnLoop = newest;
        if (newest == null) {
            oldest = link;
            oldestNanos.set(link.idleSinceNanos);
        } else {
            newest.newerOnLoop = link;
        }
        newest = link;
        count.add(1);
    }

    void remove(Link link) {
        if (link.olderOnLoop == null) {
            oldest = link.newerOnLoop;
            if (oldest != null) {
                oldestNanos.set(oldest.idleSinceNanos);
            }
        } else {
            link.olderOnLoop.newerOnLoop = link.newerOnLoop;
        }
        if (link.newerOnLoop == null) {
            newest = link.olderOnLoop;
        } else {
            link.newerOnLoop.olderOnLoop = link.olderOnLoop;
        }
        link.olderOnLoop = null;
        link.newerOnLoop = null;
        count.add(-1);
    }

    /**
     * Closes the link that has been idle longest, if a waiter still needs its permit. Called on any thread; runs on the
     * loop.
     */
    void closeOneFor(Waiter waiter) {
        loop.execute(() -> {
            if (oldest == null || !capacity.needsPermit(waiter)) {
                capacity.retryLater(waiter);
                return;
            }
            close(oldest);
            if (capacity.openLinks() > capacity.settings().maxConnections()) {
                capacity.retryLater(waiter); // the cap was lowered: one is not enough
            }
        });
    }

    /**
     * Closes the links that have been idle longest while there is a surplus. Called on any thread; runs on the loop.
     */
    void closeSurplus(AtomicInteger surplus) {
        loop.execute(() -> {
            while (oldest != null && surplus.getAndDecrement() > 0) {
                close(oldest);
            }
        });
    }

    private static void close(Link link) {
        link.owner().expired(link);
    }
}
