package io.proxyroute.proxy.pool;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.List;

/**
 * The acquires that wait for a link to one backend, over all its endpoints and all event loops, longest wait first.
 * Guarded by the monitor of {@link Capacity}, except where noted.
 */
@SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the monitor, read without
final class BackendQueue {

    /** How many waiters are looked at to find one whose client has completed no request. */
    private static final int MAX_SEARCH = 64;

    /** Waiters that accept a used link. */
    private final WaiterList reusing = new WaiterList(false);

    /** Waiters that need a new link. */
    private final WaiterList fresh = new WaiterList(false);
    /** Waiters that accept a used link, by event loop. */
    private final WaiterList[] reusingOnLoop;

    private final StalledResponses stalled;

    private volatile List<EndpointSlot> slots = List.of();
    private volatile int waiting;

    BackendQueue(int loops) {
        this.stalled = new StalledResponses(loops);
        this.reusingOnLoop = new WaiterList[loops];
        for (int i = 0; i < loops; i++) {
            reusingOnLoop[i] = new WaiterList(true);
        }
    }

    /** Leases whose client does not read the response. Not guarded. */
    StalledResponses stalled() {
        return stalled;
    }

    /** The number of endpoints. Called on any thread. */
    int endpoints() {
        return slots.size();
    }

    /** An endpoint of the backend as the caps see it. */
    static final class EndpointSlot {

        private final BackendQueue queue;
        private final Endpoint endpoint;
        private final EndpointHealth health = new EndpointHealth();
        private volatile int open;
        private volatile boolean retired;
        private boolean current;
        private int index;
        private int shareDeficit;

        EndpointSlot(BackendQueue queue, Endpoint endpoint) {
            this.queue = queue;
            this.endpoint = endpoint;
        }

        BackendQueue queue() {
            return queue;
        }

        Endpoint endpoint() {
            return endpoint;
        }

        EndpointHealth health() {
            return health;
        }

        /** The links that hold a permit. Called on any thread. */
        int open() {
            return open;
        }

        void addOpen(int by) {
            open += by;
        }

        /** How many waiters that preferred this endpoint were assigned another one, minus the reverse. */
        int shareDeficit() {
            return shareDeficit;
        }

        /** Whether it is one of its backend's endpoints. */
        boolean isCurrent() {
            return current;
        }

        /** Whether no link is kept, because the endpoint or the backend was removed. Called on any thread. */
        boolean isRetired() {
            return retired;
        }

        /** Called on any thread. */
        void retire() {
            retired = true;
        }
    }

    /**
     * An acquire that waits. The outcome is reported without the monitor, on any thread except where noted.
     */
    abstract static class Waiter {

        private final EndpointSlot preferred;
        private final int loop;
        private final boolean fresh;
        private final boolean served;
        private final EndpointSlot avoided;
        private final long acquireStartNanos;
        private Waiter previous;
        private Waiter next;
        private Waiter previousOnLoop;
        private Waiter nextOnLoop;
        private boolean queued;
        private boolean cancelled;

        /**
         * An acquire that is about to wait.
         *
         * @param preferred its choice of endpoint
         * @param loop the number of its event loop
         * @param avoided the slot of the endpoint to avoid; null if there is none
         * @param acquireStartNanos when the acquire began, which decides its place
         */
        Waiter(EndpointSlot preferred, int loop, AcquireOptions options, EndpointSlot avoided, long acquireStartNanos) {
            this.preferred = preferred;
            this.loop = loop;
            this.fresh = options.fresh();
            this.served = options.served();
            this.avoided = avoided;
            this.acquireStartNanos = acquireStartNanos;
        }

        /** The waiter owns a permit for a link to this endpoint, and has left the queue. */
        abstract void permitGranted(EndpointSlot slot);

        /** The waiter owns this lease, and has left the queue. Called on its event loop. */
        abstract void leaseGranted(Lease lease);

        /** There will be no lease, and the waiter has left the queue. */
        abstract void failed(EndCause cause);

        /** The link requested for the waiter was used elsewhere: requests another one. */
        abstract void retry();

        final BackendQueue queue() {
            return preferred.queue;
        }

        final EndpointSlot preferred() {
            return preferred;
        }

        final int loop() {
            return loop;
        }

        final boolean isServed() {
            return served;
        }

        final boolean isFresh() {
            return fresh;
        }

        /** Guarded. Whether the endpoint must not serve it: another one can. */
        final boolean avoids(EndpointSlot slot) {
            return avoided == slot && slot.queue.slots.size() > 1;
        }

        /** Guarded. */
        final boolean isQueued() {
            return queued;
        }

        /** Guarded. */
        final boolean isCancelled() {
            return cancelled;
        }

        /** Guarded. */
        final void cancel() {
            cancelled = true;
        }

        /** Whether it has waited longer than another by more than a margin. */
        final boolean isBefore(Waiter other, long marginNanos) {
            return other.acquireStartNanos - acquireStartNanos > marginNanos;
        }
    }

    /** An intrusive list of waiters, longest wait first: across all loops, or on one. */
    private static final class WaiterList {

        private final boolean onLoop;
        private Waiter first;
        private Waiter last;

        WaiterList(boolean onLoop) {
            this.onLoop = onLoop;
        }

        Waiter first() {
            return first;
        }

        /** The longest-waiting that the endpoint may serve; null if there is none. */
        Waiter firstFor(EndpointSlot slot) {
            Waiter waiter = first;
            while (waiter != null && waiter.avoids(slot)) {
                waiter = next(waiter);
            }
            return waiter;
        }

        /** The latest whose client has completed no request; null if it is not found soon. */
        Waiter lastUnserved() {
            Waiter waiter = last;
            for (int i = 0; i < MAX_SEARCH && waiter != null; i++) {
                if (!waiter.served) {
                    return waiter;
                }
                waiter = previous(waiter);
            }
            return null;
        }

        /** Inserts by waiting time, nearly always at the end. */
        void add(Waiter waiter) {
            Waiter before = last;
            while (before != null && waiter.isBefore(before, 0)) {
                before = previous(before);
            }
            Waiter after = before == null ? first : next(before);
            link(before, waiter);
            link(waiter, after);
        }

        void remove(Waiter waiter) {
            link(previous(waiter), next(waiter));
            setPrevious(waiter, null);
            setNext(waiter, null);
        }

        private void link(Waiter one, Waiter other) {
            if (one == null) {
                first = other;
            } else {
                setNext(one, other);
            }
            if (other == null) {
                last = one;
            } else {
                setPrevious(other, one);
            }
        }

        private Waiter previous(Waiter waiter) {
            return onLoop ? waiter.previousOnLoop : waiter.previous;
        }

        private Waiter next(Waiter waiter) {
            return onLoop ? waiter.nextOnLoop : waiter.next;
        }

        private void setPrevious(Waiter waiter, Waiter previous) {
            if (onLoop) {
                waiter.previousOnLoop = previous;
            } else {
                waiter.previous = previous;
            }
        }

        private void setNext(Waiter waiter, Waiter next) {
            if (onLoop) {
                waiter.nextOnLoop = next;
            } else {
                waiter.next = next;
            }
        }
    }

    /** How many wait. Called on any thread. */
    int waiting() {
        return waiting;
    }

    void add(Waiter waiter) {
        (waiter.fresh ? fresh : reusing).add(waiter);
        if (!waiter.fresh) {
            reusingOnLoop[waiter.loop].add(waiter);
        }
        waiter.queued = true;
        waiting++;
    }

    void remove(Waiter waiter) {
        (waiter.fresh ? fresh : reusing).remove(waiter);
        if (!waiter.fresh) {
            reusingOnLoop[waiter.loop].remove(waiter);
        }
        waiter.queued = false;
        waiting--;
    }

    /** The longest-waiting of all; null if there is none. */
    Waiter first() {
        Waiter one = fresh.first();
        Waiter other = reusing.first();
        return one == null || other != null && other.isBefore(one, 0) ? other : one;
    }

    /** The latest of those that accept a used link whose client has completed no request; null if none is found soon. */
    Waiter lastUnserved() {
        return reusing.lastUnserved();
    }

    /** The longest-waiting that needs a new link; null if there is none. */
    Waiter firstFresh() {
        return fresh.first();
    }

    /** The longest-waiting that accepts a used link to an endpoint; null if there is none. */
    Waiter firstReusing(EndpointSlot slot) {
        return reusing.firstFor(slot);
    }

    /** The longest-waiting on a loop that accepts a used link to an endpoint; null if there is none. */
    Waiter firstReusing(EndpointSlot slot, int loop) {
        return reusingOnLoop[loop].firstFor(slot);
    }

    /** Removes all. */
    List<Waiter> drain() {
        List<Waiter> all = new ArrayList<>();
        for (Waiter waiter = first(); waiter != null; waiter = first()) {
            remove(waiter);
            all.add(waiter);
        }
        return all;
    }

    boolean hasEndpoints() {
        return !slots.isEmpty();
    }

    /** Replaces the endpoints and resets the deficits. */
    void updateEndpoints(List<EndpointSlot> newSlots) {
        slots.forEach(slot -> slot.current = false);
        slots = List.copyOf(newSlots);
        for (int i = 0; i < slots.size(); i++) {
            EndpointSlot slot = slots.get(i);
            slot.current = true;
            slot.index = i;
            slot.shareDeficit = 0;
        }
    }

    /** Whether an endpoint that is not ejected, or any if all are, is under its cap. */
    boolean hasRoom(int maxPerEndpoint) {
        boolean allEjected = allEjected();
        for (EndpointSlot slot : slots) {
            if (slot.open < maxPerEndpoint && (allEjected || !slot.health.isEjected())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The endpoint to which a waiter's new link goes: the preferred one, unless another has a much larger deficit or it
     * is at its cap. Ejected endpoints are used only if all are ejected.
     *
     * @return null if every endpoint is at its cap
     */
    EndpointSlot endpointFor(Waiter waiter, int maxPerEndpoint, int margin) {
        EndpointSlot preferred = waiter.preferred;
        boolean allEjected = allEjected();
        boolean possible = preferred.current && isUsable(preferred, waiter, maxPerEndpoint, allEjected);
        EndpointSlot best = possible ? preferred : null;
        int bestDeficit = possible ? preferred.shareDeficit + margin - 1 : Integer.MIN_VALUE;
        int start = preferred.current ? preferred.index + 1 : 0;
        for (int i = 0; i < slots.size(); i++) {
            EndpointSlot slot = slots.get((start + i) % slots.size());
            if (slot != preferred
                    && slot.shareDeficit > bestDeficit
                    && isUsable(slot, waiter, maxPerEndpoint, allEjected)) {
                best = slot;
                bestDeficit = slot.shareDeficit;
            }
        }
        return best;
    }

    private static boolean isUsable(EndpointSlot slot, Waiter waiter, int maxPerEndpoint, boolean allEjected) {
        return slot.open < maxPerEndpoint && !waiter.avoids(slot) && (allEjected || !slot.health.isEjected());
    }

    private boolean allEjected() {
        for (EndpointSlot slot : slots) {
            if (!slot.health.isEjected()) {
                return false;
            }
        }
        return true;
    }

    /** Updates the deficits after a waiter was assigned an endpoint. */
    void recordAssignment(Waiter waiter, EndpointSlot assigned, int bound) {
        EndpointSlot preferred = waiter.preferred;
        if (preferred != assigned && preferred.current && assigned.current) {
            preferred.shareDeficit = Math.min(bound, preferred.shareDeficit + 1);
            assigned.shareDeficit = Math.max(-bound, assigned.shareDeficit - 1);
        }
    }
}
