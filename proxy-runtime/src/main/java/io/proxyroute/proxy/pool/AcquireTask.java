package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import io.proxyroute.proxy.pool.BackendQueue.Waiter;
import io.proxyroute.proxy.stream.EndCause;

/**
 * One acquire. Confined to its event loop.
 *
 * <ol>
 *   <li>If the request is still arriving, wait for a turn of the {@link UploadLimit}.
 *   <li>The rotation chooses an available endpoint, other than the one that has just failed the request.
 *   <li>If no one waits for the backend, reuse an idle link of the endpoint on this loop, or open a link.
 *   <li>If neither is possible and no idle link elsewhere helps, try the other endpoints.
 *   <li>Otherwise queue, and request an idle link: of the same endpoint from another loop, or, at
 *       {@code maxConnections}, by closing the link that has been idle longest. Then try the other endpoints the same
 *       way.
 *   <li>If clients that do not read hold too many links, end one of their responses: see {@link StalledResponses}.
 *   <li>If connecting fails, try another available endpoint.
 * </ol>
 */
final class AcquireTask extends Deadline implements PendingAcquire, UploadLimit.Waiter {

    /** Endpoints that fail are ejected, so that the attempts of one acquire are at different ones. */
    private static final int MAX_CONNECT_ATTEMPTS = 16;

    /** If all endpoints are ejected. */
    private static final int MAX_ATTEMPTS_AT_EJECTED = 3;

    private final LoopBackend backend;
    private final Capacity capacity;
    private final AcquireListener listener;
    private final long startNanos;
    private final long giveUpNanos;
    private final AcquireOptions options;
    /** Null if the request is complete. */
    private final UploadLimit uploads;

    private LoopLinks[] endpoints;
    private LoopLinks chosen;
    private int failures;
    private QueuedAcquire waiting;
    private boolean hasTurn;
    /** Whether a link is being opened for this acquire. */
    private boolean connecting;

    private boolean done;

    /**
     * An acquire; call {@link #start}.
     *
     * @param uploads limits requests that are still arriving; null for one that is complete
     */
    AcquireTask(
            LoopBackend backend,
            long deadlineNanos,
            AcquireOptions options,
            UploadLimit uploads,
            AcquireListener listener) {
        this.backend = backend;
        this.capacity = backend.poolLoop().capacity();
        this.listener = listener;
        this.options = options;
        this.uploads = uploads;
        this.startNanos = backend.poolLoop().wheel().nanoTime();
        long timeout = capacity.settings().acquireNanos();
        long timeoutNanos = timeout > 0 ? startNanos + timeout : Long.MAX_VALUE;
        this.giveUpNanos = deadlineNanos == Long.MAX_VALUE || timeout > 0 && timeoutNanos - deadlineNanos < 0
                ? timeoutNanos
                : deadlineNanos;
    }

    void start() {
        if (uploads == null || uploads.takeOrWait(this, backend.endpoints().length)) {
            hasTurn = uploads != null;
            choose();
        } else {
            armGiveUp();
        }
    }

    @Override
    public void turnGranted() {
        backend.poolLoop().loop().execute(() -> {
            if (done) {
                uploads.release();
            } else {
                hasTurn = true;
                choose();
            }
        });
    }

    private void choose() {
        endpoints = backend.endpoints();
        if (endpoints.length == 0) {
            fail(EndCause.NO_ENDPOINT);
        } else {
            chosen = backend.choose(endpoints);
            if (isAvoided(chosen)) {
                chosen = backend.choose(endpoints);
            }
            obtain();
        }
    }

    /** Steps 2 to 4. */
    private void obtain() {
        if (chosen.slot().queue().waiting() == 0) {
            if (reuseOrOpen(chosen)) {
                return;
            }
            if (!canUseIdleLink(chosen)) {
                for (LoopLinks other : endpoints) {
                    if (other != chosen && !isAvoided(other) && other.isAvailable() && reuseOrOpen(other)) {
                        return;
                    }
                }
            }
        }
        enqueue();
    }

    private boolean isAvoided(LoopLinks links) {
        return options.avoided() != null
                && endpoints.length > 1
                && links.endpoint().equals(options.avoided());
    }

    private boolean reuseOrOpen(LoopLinks links) {
        if (!options.fresh()) {
            Lease lease = links.reuse(startNanos);
            if (lease != null) {
                succeed(lease);
                return true;
            }
            if (backend.prefersMoving(links)) {
                return false;
            }
        }
        if (capacity.tryAcquirePermit(links.slot())) {
            open(links);
            return true;
        }
        return false;
    }

    /** Whether an idle link can serve this endpoint. */
    private boolean canUseIdleLink(LoopLinks links) {
        return links.hasIdle() || links.idleElsewhere() != null || canEvictIdleLink(!capacity.isFull(links.slot()));
    }

    /** Whether only {@code maxConnections} blocks a new link, and an idle link can be closed. */
    private boolean canEvictIdleLink(boolean underOwnCap) {
        return underOwnCap && capacity.isFull() && backend.longestIdle() != null;
    }

    // --- waiting

    /** This acquire in the queue. */
    private final class QueuedAcquire extends Waiter {

        QueuedAcquire(LoopLinks preferred) {
            super(preferred.slot(), backend.poolLoop().number(), options, avoidedSlot(), startNanos);
        }

        @Override
        void permitGranted(EndpointSlot slot) {
            PermitWatch permits = backend.poolLoop().permits();
            permits.addHolder();
            backend.poolLoop().loop().execute(() -> {
                permits.removeHolder();
                AcquireTask.this.permitGranted(slot);
            });
        }

        @Override
        void leaseGranted(Lease lease) {
            waiting = null;
            if (done) {
                lease.close();
            } else {
                succeed(lease);
            }
        }

        @Override
        void failed(EndCause cause) {
            backend.poolLoop().loop().execute(() -> {
                waiting = null;
                if (!done) {
                    fail(cause);
                }
            });
        }

        @Override
        void retry() {
            backend.poolLoop().loop().execute(() -> {
                if (waiting == this) {
                    requestIdleLink();
                }
            });
        }
    }

    private EndpointSlot avoidedSlot() {
        for (LoopLinks links : endpoints) {
            if (isAvoided(links)) {
                return links.slot();
            }
        }
        return null;
    }

    private void enqueue() {
        waiting = new QueuedAcquire(chosen);
        switch (capacity.enqueue(waiting, canUseIdleLink(chosen) || backend.anyIdle() != null)) {
            case QUEUED -> {
                armGiveUp();
                requestIdleLink();
                endStall();
            }
            case QUEUE_FULL -> refuse(EndCause.POOL_EXHAUSTED);
            case NO_ENDPOINT -> refuse(EndCause.NO_ENDPOINT);
            case CLOSED -> refuse(EndCause.SHUTDOWN);
        }
    }

    private void refuse(EndCause cause) {
        waiting = null;
        fail(cause);
    }

    private void armGiveUp() {
        if (!isArmed() && giveUpNanos != Long.MAX_VALUE) {
            backend.poolLoop().wheel().arm(this, giveUpNanos);
        }
    }

    /**
     * Requests that an idle link is moved here or closed. Reads counters only: if the link has been used by the time
     * the other loop acts, this method runs again. If no idle link helps, grants permits released before the acquire
     * was queued.
     */
    private void requestIdleLink() {
        LoopLinks other;
        if (chosen.hasIdle()) {
            chosen.offer(waiting);
        } else if ((other = chosen.idleElsewhere()) != null) {
            other.offer(waiting);
        } else if (canEvictIdleLink(!capacity.isFull(chosen.slot()))) {
            closeLongestIdle();
        } else if ((other = backend.anyIdle()) != null) {
            other.offer(waiting);
        } else if (backend.hasRoom()) {
            Waiter self = waiting;
            if (canEvictIdleLink(true)) {
                closeLongestIdle();
            } else {
                capacity.grantWaiters();
                // The permit that seemed free may have been released and granted to another waiter just now.
                if (backend.longestIdle() != null && capacity.needsPermit(self)) {
                    closeLongestIdle();
                }
            }
        }
    }

    private void endStall() {
        if (capacity.isHeldBySlowReaders(chosen.slot().queue())) {
            LoopLinks links = chosen.withStalledResponses();
            if (links != null) {
                links.endLongestStall();
            }
        }
    }

    private void closeLongestIdle() {
        PoolLoop loop = backend.longestIdle();
        if (loop == null) {
            capacity.retryLater(waiting); // used in the meantime
        } else {
            loop.idle().closeOneFor(waiting);
        }
    }

    private void permitGranted(EndpointSlot slot) {
        waiting = null;
        LoopLinks links = done ? null : backend.links(slot);
        if (links != null) {
            open(links);
            return;
        }
        capacity.releasePermit(slot);
        if (!done) {
            choose(); // the endpoint has left the backend
        }
    }

    // --- opening

    private void open(LoopLinks links) {
        armGiveUp();
        connecting = true;
        links.open(new LoopConnector.Listener() {
            @Override
            public void opened(Link link) {
                if (done) {
                    links.returned(link); // for the next acquire
                } else {
                    succeed(links.lend(link, backend.poolLoop().wheel().nanoTime()));
                }
            }

            @Override
            public void failed(Link link, EndCause cause) {
                connecting = false;
                if (!done) {
                    tryAnother(links, cause);
                }
            }
        });
    }

    private void tryAnother(LoopLinks failed, EndCause cause) {
        failures++;
        endpoints = backend.endpoints();
        LoopLinks next = nextAfter(failed);
        if (next == null) {
            fail(endpoints.length == 0 ? EndCause.NO_ENDPOINT : cause);
        } else {
            chosen = next;
            obtain();
        }
    }

    /** The next available endpoint, or the next one if none is; null if enough were tried. */
    private LoopLinks nextAfter(LoopLinks failed) {
        int first = 0;
        for (int i = 0; i < endpoints.length; i++) {
            first = endpoints[i] == failed ? i + 1 : first;
        }
        for (int i = 0; i < endpoints.length && failures < MAX_CONNECT_ATTEMPTS; i++) {
            LoopLinks next = endpoints[(first + i) % endpoints.length];
            if (next != failed && !isAvoided(next) && next.isAvailable()) {
                return next;
            }
        }
        return failures < Math.min(endpoints.length, MAX_ATTEMPTS_AT_EJECTED)
                ? endpoints[first % endpoints.length]
                : null;
    }

    // --- the outcome

    private void succeed(Lease lease) {
        done = true;
        cancel();
        long now = backend.poolLoop().wheel().nanoTime();
        backend.stats().acquireWaits.add(now - startNanos, now);
        if (hasTurn) {
            lease.onRequestComplete(uploads::release);
        }
        listener.acquired(lease);
    }

    private void fail(EndCause cause) {
        done = true;
        cancel();
        releaseTurn();
        listener.failed(cause);
    }

    @Override
    protected void onExpired() {
        leaveQueue();
        if (chosen != null && chosen.isUnresolved()) {
            fail(EndCause.DNS_FAILED);
        } else if (connecting) {
            fail(EndCause.CONNECT_TIMEOUT);
        } else {
            if (uploads == null || hasTurn) { // otherwise more connections would not have helped
                backend.stats().timeouts.add(1);
            }
            fail(EndCause.ACQUIRE_TIMEOUT);
        }
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            cancel();
            leaveQueue();
            releaseTurn();
        }
    }

    private void releaseTurn() {
        if (hasTurn) {
            hasTurn = false;
            uploads.release();
        } else if (uploads != null) {
            uploads.remove(this);
        }
    }

    private void leaveQueue() {
        if (waiting != null) {
            capacity.cancel(waiting);
        }
    }
}
