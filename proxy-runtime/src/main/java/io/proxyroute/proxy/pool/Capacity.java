package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import io.proxyroute.proxy.pool.BackendQueue.Waiter;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Enforces caps and queues waiters across all event loops. A permit covers a link from before connecting until it is
 * closed, including while idle. Guarded by its monitor, which is taken to open, close, move or wait for a link, but not
 * to reuse one. Callable on any thread.
 *
 * <ol>
 *   <li>No overtaking: while a backend has waiters, an acquire joins them. If the queue is full, a waiter whose client has
 *       completed no request makes room for one whose client has.
 *   <li>A permit goes to the longest-waiting head among backends with an endpoint below its cap.
 *   <li>A freed link goes to the first waiter on its loop, unless the head of the queue has waited
 *       {@value #MARGIN_MILLIS} ms longer: then it moves to the head's loop. A waiter that needs a permit (it requires
 *       a new link, or waits for another backend at {@code maxConnections}) and has waited that much longer closes it
 *       instead.
 *   <li>A freed link closes in favor of an endpoint with no more links and a deficit of at least
 *       {@value #DEFICIT_MARGIN}, plus two per link if it has more than half as many. This keeps shares equal in the
 *       long run while every link is busy, at the cost of few new links; a slow endpoint gets one link more than
 *       others, not all.
 * </ol>
 */
@SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the monitor, read without
final class Capacity {

    private static final int MARGIN_MILLIS = 5;
    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(MARGIN_MILLIS);
    private static final int DEFICIT_MARGIN = 4;
    /** Limits the deficit of a full endpoint, to prevent a later burst. */
    private static final int MAX_DEFICIT = 64;

    private static final FreedLink KEEP = new FreedLink.Keep();
    private static final FreedLink CLOSE = new FreedLink.Close(false);
    private static final FreedLink CLOSE_FOR_ANOTHER_BACKEND = new FreedLink.Close(true);

    private final Set<BackendQueue> queues = new LinkedHashSet<>();
    private volatile PoolSettings settings;
    private volatile int open;
    private volatile boolean closed;
    /** How many queues have waiters. */
    private volatile int queuesWaiting;

    Capacity(PoolSettings settings) {
        this.settings = settings;
    }

    /** The result of an attempt to wait. */
    enum EnqueueResult {
        QUEUED,
        QUEUE_FULL,
        NO_ENDPOINT,
        CLOSED
    }

    private record Grant(Waiter waiter, EndpointSlot slot) {}

    // --- read without the monitor

    PoolSettings settings() {
        return settings;
    }

    /** The permits in use. */
    int openLinks() {
        return open;
    }

    boolean isFull() {
        return open >= settings.maxConnections();
    }

    boolean isFull(EndpointSlot slot) {
        return slot.open() >= settings.maxPerEndpoint();
    }

    /** Whether a link must close because the caps were lowered or the pool was closed. */
    boolean exceedsCaps(EndpointSlot slot) {
        return closed || open > settings.maxConnections() || slot.open() > settings.maxPerEndpoint();
    }

    /** Whether a freed link may help a waiter. */
    boolean isNeeded(BackendQueue queue) {
        return queue.waiting() > 0 || queuesWaiting > 0 && isFull();
    }

    // --- permits

    /** Takes a permit, unless the caps forbid it or others wait for one. */
    boolean tryAcquirePermit(EndpointSlot slot) {
        if (slot.queue().waiting() > 0 || !hasRoom(slot)) {
            return false;
        }
        synchronized (this) {
            if (slot.queue().waiting() > 0 || !hasRoom(slot)) {
                return false;
            }
            take(slot);
            return true;
        }
    }

    /** Releases the permit of a link that is closed or could not be opened. */
    void releasePermit(EndpointSlot slot) {
        List<Grant> granted;
        synchronized (this) {
            open--;
            slot.addOpen(-1);
            granted = grant();
        }
        deliver(granted);
    }

    /** Grants all permits that the caps allow. */
    void grantWaiters() {
        List<Grant> granted;
        synchronized (this) {
            granted = grant();
        }
        deliver(granted);
    }

    private boolean hasRoom(EndpointSlot slot) {
        return !closed && !isFull() && !isFull(slot);
    }

    private void take(EndpointSlot slot) {
        open++;
        slot.addOpen(1);
    }

    private List<Grant> grant() {
        if (queues.isEmpty()) {
            return List.of();
        }
        List<Grant> granted = new ArrayList<>();
        while (!isFull()) {
            Grant next = null;
            for (BackendQueue queue : queues) {
                Waiter first = queue.first();
                if (next == null || first.isBefore(next.waiter, 0)) {
                    EndpointSlot slot = queue.endpointFor(first, settings.maxPerEndpoint(), DEFICIT_MARGIN);
                    next = slot == null ? next : new Grant(first, slot);
                }
            }
            if (next == null) {
                break;
            }
            remove(next.waiter);
            take(next.slot);
            next.slot.queue().recordAssignment(next.waiter, next.slot, MAX_DEFICIT);
            granted.add(next);
        }
        return granted;
    }

    private static void deliver(List<Grant> granted) {
        for (Grant grant : granted) {
            grant.waiter.permitGranted(grant.slot);
        }
    }

    // --- waiters

    /**
     * Adds a waiter, which then looks for idle links: one may have become free before it was added.
     *
     * @param idleLinkAvailable whether there is an idle link to serve it, so that its wait is short; does not count
     *     against {@code maxPendingAcquires}
     */
    EnqueueResult enqueue(Waiter waiter, boolean idleLinkAvailable) {
        BackendQueue queue = waiter.queue();
        Waiter displaced = null;
        synchronized (this) {
            if (closed) {
                return EnqueueResult.CLOSED;
            }
            if (!queue.hasEndpoints()) {
                return EnqueueResult.NO_ENDPOINT;
            }
            if (queue.waiting() >= settings.maxPending() + (idleLinkAvailable ? open : 0)) {
                displaced = waiter.isServed() ? queue.lastUnserved() : null;
                if (displaced == null) {
                    return EnqueueResult.QUEUE_FULL;
                }
                remove(displaced);
            }
            add(waiter);
        }
        if (displaced != null) {
            displaced.failed(EndCause.POOL_EXHAUSTED);
        }
        return EnqueueResult.QUEUED;
    }

    /** Returns a waiter to its place, because the link assigned to it was lost during its move. */
    void requeue(Waiter waiter) {
        EndCause failure = null;
        List<Grant> granted = List.of();
        synchronized (this) {
            if (waiter.isCancelled()) {
                return;
            } else if (closed) {
                failure = EndCause.SHUTDOWN;
            } else if (!waiter.queue().hasEndpoints()) {
                failure = EndCause.NO_ENDPOINT;
            } else {
                add(waiter);
                granted = grant();
            }
        }
        if (failure != null) {
            waiter.failed(failure);
        } else {
            waiter.retry();
        }
        deliver(granted);
    }

    /** Cancels a waiter; has no effect if it was served. */
    synchronized void cancel(Waiter waiter) {
        waiter.cancel();
        if (waiter.isQueued()) {
            remove(waiter);
        }
    }

    private void add(Waiter waiter) {
        waiter.queue().add(waiter);
        if (queues.add(waiter.queue())) {
            queuesWaiting = queues.size();
        }
    }

    private void remove(Waiter waiter) {
        waiter.queue().remove(waiter);
        forgetIfEmpty(waiter.queue());
    }

    private void forgetIfEmpty(BackendQueue queue) {
        if (queue.waiting() == 0 && queues.remove(queue)) {
            queuesWaiting = queues.size();
        }
    }

    // --- free links

    /**
     * Decides what to do with a free link. A waiter that receives it has left its queue.
     *
     * @param loop the number of the link's event loop
     * @param movable whether the link can move to another one
     */
    synchronized FreedLink assignFreed(EndpointSlot slot, int loop, boolean movable) {
        BackendQueue queue = slot.queue();
        Waiter candidate = candidate(slot, loop);
        Waiter otherBackendWaiter = isFull() ? firstOfOtherBackends(queue) : null;
        Waiter permitWaiter = earlier(queue.firstFresh(), otherBackendWaiter);
        if (candidate == null
                ? permitWaiter != null
                : permitWaiter != null && permitWaiter.isBefore(candidate, MARGIN_NANOS)) {
            return permitWaiter == otherBackendWaiter ? CLOSE_FOR_ANOTHER_BACKEND : CLOSE;
        }
        if (candidate == null) {
            return KEEP;
        }
        if (shouldRebalance(candidate.preferred(), slot) || candidate.loop() != loop && !movable) {
            return CLOSE;
        }
        remove(candidate);
        queue.recordAssignment(candidate, slot, MAX_DEFICIT);
        return candidate.loop() == loop ? new FreedLink.HandOver(candidate) : new FreedLink.Move(candidate);
    }

    /** The waiter that may receive a used link of a loop. */
    private static Waiter candidate(EndpointSlot slot, int loop) {
        Waiter here = slot.queue().firstReusing(slot, loop);
        Waiter head = slot.queue().firstReusing(slot);
        return here == null || head.isBefore(here, MARGIN_NANOS) ? head : here;
    }

    /** Whether to close a link in favor of the preferred endpoint. */
    private boolean shouldRebalance(EndpointSlot preferred, EndpointSlot slot) {
        int margin = 2 * preferred.open() <= slot.open()
                ? DEFICIT_MARGIN
                : Math.min(MAX_DEFICIT, DEFICIT_MARGIN + 2 * slot.open());
        return preferred.shareDeficit() >= margin
                && preferred.shareDeficit() > slot.shareDeficit()
                && preferred.open() <= slot.open()
                && preferred.isCurrent()
                && preferred != slot
                && !isFull(preferred);
    }

    /** The longest-waiting of other backends that could use a permit; null if there is none. */
    private Waiter firstOfOtherBackends(BackendQueue except) {
        Waiter first = null;
        for (BackendQueue queue : queues) {
            if (queue != except && queue.hasRoom(settings.maxPerEndpoint())) {
                first = earlier(first, queue.first());
            }
        }
        return first;
    }

    private static Waiter earlier(Waiter one, Waiter other) {
        return one == null || other != null && other.isBefore(one, 0) ? other : one;
    }

    /** Whether an idle link of any backend should close for a waiter. */
    synchronized boolean needsPermit(Waiter waiter) {
        return waiter.isQueued() && isFull() && waiter.queue().hasRoom(settings.maxPerEndpoint());
    }

    /**
     * Makes a waiter retry whose idle link was used elsewhere. If it has been served in the meantime, possibly by a
     * link requested for another waiter, the head of each queue retries instead.
     */
    void retryLater(Waiter waiter) {
        List<Waiter> looking = new ArrayList<>();
        synchronized (this) {
            if (waiter.isQueued()) {
                looking.add(waiter);
            } else {
                queues.forEach(queue -> looking.add(queue.first()));
            }
        }
        looking.forEach(Waiter::retry);
    }

    // --- changes

    /** Updates the settings, and grants the permits that they allow. */
    void updateSettings(PoolSettings newSettings) {
        List<Grant> granted;
        synchronized (this) {
            settings = newSettings;
            granted = grant();
        }
        deliver(granted);
    }

    /** Whether acquires wait while clients that do not read hold too many links of their backend. */
    boolean isHeldBySlowReaders(BackendQueue queue) {
        return queue.waiting() > 0 && queue.stalled().exceedShareOf(settings.linksTo(queue.endpoints()));
    }

    /** Replaces the endpoints that serve the waiters. */
    void updateEndpoints(BackendQueue queue, List<EndpointSlot> slots) {
        List<Waiter> failed;
        List<Grant> granted;
        synchronized (this) {
            queue.updateEndpoints(slots);
            failed = slots.isEmpty() ? queue.drain() : List.of();
            forgetIfEmpty(queue);
            granted = grant();
        }
        failed.forEach(waiter -> waiter.failed(EndCause.NO_ENDPOINT));
        deliver(granted);
    }

    /** Fails every waiter, and grants no more permits. */
    void close() {
        List<Waiter> failed = new ArrayList<>();
        synchronized (this) {
            closed = true;
            queues.forEach(queue -> failed.addAll(queue.drain()));
            queues.clear();
            queuesWaiting = 0;
        }
        failed.forEach(waiter -> waiter.failed(EndCause.SHUTDOWN));
    }
}
