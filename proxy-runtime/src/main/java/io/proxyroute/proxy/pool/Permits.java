package io.proxyroute.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who may open a connection: the caps over all loops, and the queues of those that wait. A permit stands for one
 * connection from before it is opened until it is closed, so that idle connections count. Guarded by its own monitor,
 * which is taken when a connection is opened, closed or waited for, and never to reuse one. Whenever it is left, nobody
 * waits whom the caps would let go.
 *
 * <p>Waiters are served first come, first served over all loops, and over all endpoints where the cap of them all is what
 * they wait for, with one bounded exception: a connection that becomes free goes to the first waiter of its own endpoint
 * and loop while the first of all has waited for less than a quarter of the acquire timeout, and its endpoint and loop
 * have connections of their own. A connection cannot move between loops or endpoints, so serving strictly in order would
 * close and reopen every second connection just when the pool is short of them.
 */
@SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the monitor, read without
final class Permits {

    private volatile PoolSettings settings;
    private volatile int open;
    private volatile boolean closed;
    private final Set<EndpointPool> queues = new LinkedHashSet<>();
    /** How many endpoints have a queue: read without the monitor by whoever returns a connection. */
    private volatile int queueCount;

    Permits(PoolSettings settings) {
        this.settings = settings;
    }

    PoolSettings settings() {
        return settings;
    }

    /** Takes new caps, and grants what they allow more. */
    void settings(PoolSettings changed) {
        List<Waiter> granted;
        synchronized (this) {
            settings = changed;
            granted = grant();
        }
        granted.forEach(Waiter::permitted);
    }

    boolean somebodyWaits() {
        return queueCount > 0;
    }

    int open() {
        return open;
    }

    /** Whether there are more connections than settings lowered since allow. Read without the monitor. */
    boolean over(EndpointPool endpoint) {
        return closed || open > settings.maxConnections() || endpoint.open > settings.maxPerEndpoint();
    }

    /** Takes a permit at once, unless others wait for one. */
    synchronized boolean tryTake(EndpointPool endpoint) {
        if (endpoint.waiting > 0 || !room(endpoint)) {
            return false;
        }
        take(endpoint);
        return true;
    }

    private boolean room(EndpointPool endpoint) {
        return !closed && open < settings.maxConnections() && endpoint.open < settings.maxPerEndpoint();
    }

    private void take(EndpointPool endpoint) {
        open++;
        endpoint.open++;
    }

    enum Queued {
        YES,
        /** It need not wait: a permit is its own. */
        PERMITTED,
        FULL,
        CLOSED
    }

    /** Puts a waiter at the end of its endpoint's queue, unless a permit was given back since it was refused one. */
    synchronized Queued enqueue(Waiter waiter) {
        EndpointPool endpoint = waiter.endpoint;
        if (closed) {
            return Queued.CLOSED;
        }
        if (tryTake(endpoint)) {
            return Queued.PERMITTED;
        }
        if (endpoint.waiting >= settings.maxPending()) {
            return Queued.FULL;
        }
        waiter.queued = true;
        endpoint.queue(waiter.shard.number()).add(waiter);
        endpoint.waiting++;
        if (queues.add(endpoint)) {
            queueCount = queues.size();
        }
        return Queued.YES;
    }

    /** Takes a waiter out, unless it was served already. */
    synchronized void cancel(Waiter waiter) {
        if (waiter.queued) {
            waiter.endpoint.queue(waiter.shard.number()).remove(waiter);
            dequeued(waiter);
        }
    }

    private void dequeued(Waiter waiter) {
        waiter.queued = false;
        EndpointPool endpoint = waiter.endpoint;
        endpoint.waiting--;
        if (endpoint.waiting == 0 && queues.remove(endpoint)) {
            queueCount = queues.size();
        }
    }

    /** What to do with a connection that became free. */
    sealed interface Fate {
        /** Hand it to this waiter of its own loop. */
        record HandOver(Waiter waiter) implements Fate {}

        /** Close it: its permit is needed elsewhere. */
        record Close() implements Fate {}

        /** Nobody waits that it could help. */
        record Keep() implements Fate {}
    }

    private static final Fate CLOSE = new Fate.Close();
    private static final Fate KEEP = new Fate.Keep();

    /** Decides about a free connection of a shard. */
    synchronized Fate freed(EndpointPool.Shard shard, long nowNanos) {
        EndpointPool endpoint = shard.pool();
        Waiter elsewhere = open < settings.maxConnections() ? null : firstUnderItsCap(endpoint);
        if (endpoint.waiting == 0) {
            return elsewhere == null ? KEEP : CLOSE;
        }
        Waiter own = endpoint.queue(shard.number()).peek();
        if (own == null || own.acquisition.fresh()) {
            return CLOSE;
        }
        Waiter first = endpoint.firstWaiter();
        if (before(first, own) && !patient(first, first.shard.hasConnections(), nowNanos)) {
            return CLOSE;
        }
        if (before(elsewhere, own) && !patient(elsewhere, elsewhere.endpoint.open > 0, nowNanos)) {
            return CLOSE;
        }
        endpoint.queue(shard.number()).remove();
        dequeued(own);
        return new Fate.HandOver(own);
    }

    /** Who waits longest for an endpoint that is under its own cap; null where nobody does. */
    private Waiter firstUnderItsCap(EndpointPool except) {
        Waiter first = null;
        for (EndpointPool endpoint : queues) {
            if (endpoint != except && endpoint.open < settings.maxPerEndpoint()) {
                Waiter candidate = endpoint.firstWaiter();
                if (first == null || before(candidate, first)) {
                    first = candidate;
                }
            }
        }
        return first;
    }

    private static boolean before(Waiter one, Waiter other) {
        return one != null && one.sinceNanos - other.sinceNanos < 0;
    }

    /** Whether somebody may be passed over for now. */
    private boolean patient(Waiter waiter, boolean servedToo, long nowNanos) {
        return servedToo && nowNanos - waiter.sinceNanos < settings.acquireNanos() / 4;
    }

    /** A connection was closed, or could not be opened: its permit is passed on. */
    void giveBack(EndpointPool endpoint) {
        List<Waiter> granted;
        synchronized (this) {
            open--;
            endpoint.open--;
            granted = grant();
        }
        granted.forEach(Waiter::permitted);
    }

    /** Gives the permits there are to those who wait longest; they are told when the monitor is left. */
    private List<Waiter> grant() {
        if (queues.isEmpty()) {
            return List.of();
        }
        List<Waiter> granted = new ArrayList<>();
        while (!closed && open < settings.maxConnections()) {
            Waiter first = firstUnderItsCap(null);
            if (first == null) {
                break;
            }
            first.endpoint.queue(first.shard.number()).remove();
            take(first.endpoint);
            dequeued(first);
            granted.add(first);
        }
        return granted;
    }

    /** Refuses everything from now on and returns who waited. */
    synchronized List<Waiter> close() {
        closed = true;
        List<Waiter> left = new ArrayList<>();
        for (EndpointPool endpoint : List.copyOf(queues)) {
            left.addAll(endpoint.drainQueues());
        }
        left.forEach(this::dequeued);
        return left;
    }

    /** Takes out who waits for an endpoint that is gone. */
    synchronized List<Waiter> drain(EndpointPool endpoint) {
        List<Waiter> left = endpoint.drainQueues();
        left.forEach(this::dequeued);
        return left;
    }

    static ArrayDeque<Waiter> newQueue() {
        return new ArrayDeque<>();
    }
}
