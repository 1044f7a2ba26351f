package io.proxyroute.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who may open a connection: the caps over all loops, and the queues of those that wait. A permit stands for one
 * connection from before it is opened until it is closed, so that idle connections count. Guarded by its own monitor,
 * which is taken when a connection is opened, closed or waited for, and never to reuse one.
 *
 * <p>Waiters of an endpoint are served first come, first served over all loops, with one bounded exception: a connection
 * that becomes free goes to the first waiter of its own loop while the first of all waits on another loop, for less than
 * a quarter of the acquire timeout, and that loop has connections of its own. A connection cannot move between loops, so
 * serving strictly in order would close and reopen every second connection just when the pool is short of them.
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
        settings = changed;
        grantAll();
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
        FULL,
        CLOSED
    }

    /** Puts a waiter at the end of its endpoint's queue. */
    synchronized Queued enqueue(Waiter waiter) {
        EndpointPool endpoint = waiter.endpoint;
        if (closed) {
            return Queued.CLOSED;
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

    /** Takes a waiter out; false where it was served already. */
    synchronized boolean cancel(Waiter waiter) {
        if (!waiter.queued) {
            return false;
        }
        waiter.endpoint.queue(waiter.shard.number()).remove(waiter);
        dequeued(waiter);
        return true;
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
        if (endpoint.waiting > 0) {
            Waiter first = endpoint.firstWaiter();
            Waiter own = endpoint.queue(shard.number()).peek();
            boolean overtake = own != null
                    && first != own
                    && first.shard.hasConnections()
                    && nowNanos - first.sinceNanos < settings.acquireNanos() / 4;
            if ((first == own || overtake) && !own.acquisition.fresh()) {
                endpoint.queue(shard.number()).remove();
                dequeued(own);
                return new Fate.HandOver(own);
            }
            return CLOSE;
        }
        if (open >= settings.maxConnections() && !queues.isEmpty()) {
            for (EndpointPool other : queues) {
                if (other.open < settings.maxPerEndpoint()) {
                    return CLOSE;
                }
            }
        }
        return KEEP;
    }

    /** A connection was closed, or could not be opened: its permit is passed on. */
    void giveBack(EndpointPool endpoint) {
        synchronized (this) {
            open--;
            endpoint.open--;
        }
        grantAll();
    }

    private void grantAll() {
        List<Waiter> granted = new ArrayList<>();
        synchronized (this) {
            boolean found = true;
            while (found) {
                found = false;
                for (EndpointPool endpoint : queues) {
                    if (room(endpoint)) {
                        Waiter first = endpoint.firstWaiter();
                        endpoint.queue(first.shard.number()).remove();
                        take(endpoint);
                        granted.add(first);
                        // Changes the set that is being walked, so start again.
                        dequeued(first);
                        found = true;
                        break;
                    }
                }
            }
        }
        granted.forEach(Waiter::permitted);
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
