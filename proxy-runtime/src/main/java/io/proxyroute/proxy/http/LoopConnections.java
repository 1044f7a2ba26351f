package io.proxyroute.proxy.http;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadAction;
import io.proxyroute.proxy.overload.Resource;
import io.proxyroute.proxy.stream.ClientConnection;
import io.proxyroute.proxy.stream.ClientConnections;
import io.proxyroute.proxy.stream.EndCause;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The client connections of one event loop, and which of them are closed under overload. Confined to the loop.
 *
 * <p>Connections are closed in a task of their own, at the end of the loop's current pass: the connection that causes the
 * overload may be the one that is being served.
 */
final class LoopConnections {

    /** A connection this young may be about to send its first request, unless most connections have sent none. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Under lasting overload, this share of the connections is closed in each evaluation. */
    private static final int CLOSED_SHARE = 100;

    private final EventLoop loop;
    private final DeadlineWheel wheel;
    private final Overload overload;
    private final Totals totals;
    private final Counter counter;
    private final ClientConnections connections = new ClientConnections();
    private final Runnable closeTask = this::closeSome;
    private boolean closeScheduled;
    /** Connections to close, one for each that was accepted over the limit. */
    private int surplus;

    /** The sums over all loops. */
    record Totals(LongSupplier connections, LongSupplier heldBytes) {}

    /** Receives this loop's share of the totals. */
    interface Counter {

        /** Connections were opened, or closed if negative. */
        void addConnections(int change);

        /** Bytes that connections hold have changed. */
        void addHeldBytes(long change);
    }

    LoopConnections(EventLoop loop, DeadlineWheel wheel, Overload overload, Totals totals, Counter counter) {
        this.loop = loop;
        this.wheel = wheel;
        this.overload = overload;
        this.totals = totals;
        this.counter = counter;
    }

    void opened(ClientConnection connection) {
        connections.add(connection, wheel.nanoTime());
        counter.addConnections(1);
        if (overload.areTooManyConnected(totals.connections().getAsLong())) {
            surplus++;
            scheduleClose();
        }
    }

    void closed(ClientConnection connection) {
        remove(connection);
        counter.addConnections(-1);
    }

    /** A connection has completed a request. */
    void served(ClientConnection connection) {
        connections.markServed(connection);
    }

    /** A connection holds this many bytes. */
    void held(ClientConnection connection, long bytes) {
        if (setHeld(connection, bytes) > 0
                && overload.isTooMuchHeld(totals.heldBytes().getAsLong())) {
            scheduleClose();
        }
    }

    private long setHeld(ClientConnection connection, long bytes) {
        return count(connections.setHeldBytes(connection, bytes));
    }

    private void remove(ClientConnection connection) {
        count(connections.remove(connection));
    }

    private long count(long change) {
        if (change != 0) {
            counter.addHeldBytes(change);
        }
        return change;
    }

    void forEach(Consumer<ClientConnection> visitor) {
        connections.forEach(visitor);
    }

    // --- overload

    private void scheduleClose() {
        if (!closeScheduled) {
            closeScheduled = true;
            loop.execute(closeTask);
        }
    }

    private void closeSome() {
        closeScheduled = false;
        closeLargest();
        while (surplus > 0) {
            surplus--;
            closeOldest(Resource.CONNECTIONS);
        }
    }

    /** Closes the largest holders until the total is below the limit. */
    private void closeLargest() {
        while (overload.isTooMuchHeld(totals.heldBytes().getAsLong())) {
            ClientConnection largest = connections.largest();
            if (largest == null) {
                return;
            }
            long recorded = connections.recordedBytes(largest);
            long held = largest.heldBytes();
            if (held < recorded / 2) {
                setHeld(largest, held); // the client has read since
            } else {
                close(largest, Resource.HELD_BYTES);
            }
        }
    }

    /** Closes a connection that serves no one, if there is one. */
    private void closeOldest(Resource resource) {
        ClientConnection unserved = connections.oldestUnserved();
        boolean spared = unserved == null
                || wheel.nanoTime() - connections.openedNanos(unserved) < GRACE_NANOS
                        && 2 * connections.unserved() < connections.count();
        ClientConnection idle = spared ? connections.oldIdle() : null;
        ClientConnection closed = idle == null ? unserved : idle;
        if (closed != null) {
            close(closed, resource);
        }
    }

    private void close(ClientConnection connection, Resource resource) {
        overload.count(OverloadAction.CLOSE_CONNECTIONS, resource);
        remove(connection);
        connection.shutDown(EndCause.OVERLOADED);
    }

    /** Closes a part of the connections, because a resource is still running out. */
    void relieve(Resource resource) {
        if (resource == Resource.HELD_BYTES) {
            closeLargest();
            return;
        }
        if (resource == Resource.CONNECTIONS) {
            return; // each connection over the limit closes one
        }
        for (int i = Math.ceilDiv(connections.count(), CLOSED_SHARE); i > 0; i--) {
            closeOldest(resource);
        }
        ClientConnection largest = resource == Resource.HEAP ? connections.largest() : null;
        if (largest != null) {
            close(largest, resource);
        }
    }

    /** Closes connections that have been idle for longer than a time. */
    void closeIdleFor(long nanos) {
        long now = wheel.nanoTime();
        connections.forEach(connection -> {
            if (connection.isIdle() && now - connection.sinceNanos() > nanos) {
                overload.count(OverloadAction.SHORTEN_IDLE);
                connection.closeIfIdle();
            }
        });
    }
}
