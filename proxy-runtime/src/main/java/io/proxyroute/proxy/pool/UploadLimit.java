package io.proxyroute.proxy.pool;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limits the leases of one backend whose request is still arriving from its client to half of the backend's links, at
 * least one, so that slow clients cannot hold all of them. The others wait in order. Thread-safe; only requests that do
 * not arrive quickly enter the monitor.
 */
final class UploadLimit {

    /** An acquire that waits for a turn. */
    interface Waiter {

        /** It is the waiter's turn, which it must {@link UploadLimit#release}. Called on any thread. */
        void turnGranted();
    }

    private final Capacity capacity;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private int used;

    UploadLimit(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes a turn, or waits for one.
     *
     * @param endpoints number of the backend's endpoints
     * @return whether a turn was taken; otherwise {@link Waiter#turnGranted} follows unless the waiter is removed
     */
    synchronized boolean takeOrWait(Waiter waiter, int endpoints) {
        long links = capacity.settings().linksTo(endpoints);
        if (waiters.isEmpty() && used < Math.max(1, links / 2)) {
            used++;
            return true;
        }
        waiters.addLast(waiter);
        return false;
    }

    /** Removes a waiter; has no effect if its turn was granted. */
    synchronized void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /** The request of a lease is complete, or there is no lease: passes the turn on. */
    void release() {
        Waiter next;
        synchronized (this) {
            next = waiters.pollFirst();
            if (next == null) {
                used--;
            }
        }
        if (next != null) {
            next.turnGranted();
        }
    }
}
