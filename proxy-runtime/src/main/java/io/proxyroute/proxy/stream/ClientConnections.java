package io.proxyroute.proxy.stream;

import io.proxyroute.proxy.stream.ClientConnection.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The connections of one event loop: those without a completed request, in the order of their arrival; the others; and
 * those that hold memory, in classes of sizes that are powers of two, so that a large one is found without
 * a search. Confined to the loop.
 */
public final class ClientConnections {

    private static final int SMALLEST_CLASS_BITS = 10;
    private static final int CLASSES = 24;
    /** How many connections are looked at to find an idle one. */
    private static final int MAX_SEARCH = 64;

    private final Order unserved = new Order(Membership.UNSERVED);
    private final Order served = new Order(Membership.SERVED);
    private final List<List<ClientConnection>> holders = new ArrayList<>();
    private int count;
    private int unservedCount;

    /** No connections. */
    public ClientConnections() {
        for (int i = 0; i < CLASSES; i++) {
            holders.add(new ArrayList<>());
        }
    }

    /** An intrusive list, oldest entry first. */
    private static final class Order {
        private final Membership membership;
        private ClientConnection oldest;
        private ClientConnection newest;

        Order(Membership membership) {
            this.membership = membership;
        }

        void add(ClientConnection connection) {
            connection.membership = membership;
            connection.previous = newest;
            connection.next = null;
            if (newest == null) {
                oldest = connection;
            } else {
                newest.next = connection;
            }
            newest = connection;
        }

        void remove(ClientConnection connection) {
            if (connection.previous == null) {
                oldest = connection.next;
            } else {
                connection.previous.next = connection.next;
            }
            if (connection.next == null) {
                newest = connection.previous;
            } else {
                connection.next.previous = connection.previous;
            }
            connection.previous = null;
            connection.next = null;
            connection.membership = Membership.NONE;
        }
    }

    /** The number of connections. */
    public int count() {
        return count;
    }

    /** The number of connections without a completed request. */
    public int unserved() {
        return unservedCount;
    }

    /** Adds a connection that was opened now. */
    public void add(ClientConnection connection, long nowNanos) {
        connection.openedNanos = nowNanos;
        unserved.add(connection);
        count++;
        unservedCount++;
    }

    /**
     * Removes a connection, which counts as holding nothing from now on. Has no effect if it was removed before.
     *
     * @return the change of the bytes held
     */
    public long remove(ClientConnection connection) {
        if (connection.membership == Membership.NONE) {
            return 0;
        }
        long change = setHeldBytes(connection, 0);
        if (connection.membership == Membership.SERVED) {
            served.remove(connection);
        } else {
            unserved.remove(connection);
            unservedCount--;
        }
        count--;
        return change;
    }

    /** A connection has completed a request. */
    public void markServed(ClientConnection connection) {
        if (connection.membership == Membership.UNSERVED) {
            unserved.remove(connection);
            unservedCount--;
            served.add(connection);
        }
    }

    /**
     * Records how many bytes a connection holds. Has no effect if the connection was removed.
     *
     * @return the change
     */
    public long setHeldBytes(ClientConnection connection, long bytes) {
        long before = connection.recordedBytes;
        if (bytes == before || connection.membership == Membership.NONE) {
            return 0;
        }
        connection.recordedBytes = bytes;
        int oldClass = sizeClass(before);
        int newClass = sizeClass(bytes);
        if (oldClass != newClass) {
            if (oldClass >= 0) {
                removeHolder(connection, holders.get(oldClass));
            }
            if (newClass >= 0) {
                List<ClientConnection> list = holders.get(newClass);
                connection.holderIndex = list.size();
                list.add(connection);
            }
        }
        return bytes - before;
    }

    /** When a connection was opened, on the loop's clock. */
    public long openedNanos(ClientConnection connection) {
        return connection.openedNanos;
    }

    /** How many bytes a connection held when this was last recorded. */
    public long recordedBytes(ClientConnection connection) {
        return connection.recordedBytes;
    }

    private static void removeHolder(ClientConnection connection, List<ClientConnection> list) {
        ClientConnection last = list.removeLast();
        if (last != connection) {
            list.set(connection.holderIndex, last);
            last.holderIndex = connection.holderIndex;
        }
        connection.holderIndex = -1;
    }

    private static int sizeClass(long bytes) {
        return Math.min(CLASSES, Long.SIZE - Long.numberOfLeadingZeros(bytes >> SMALLEST_CLASS_BITS)) - 1;
    }

    /** A connection that holds the most bytes, within a factor of two; null if none holds 1 KiB. */
    public ClientConnection largest() {
        for (int i = CLASSES - 1; i >= 0; i--) {
            if (!holders.get(i).isEmpty()) {
                return holders.get(i).getLast();
            }
        }
        return null;
    }

    /** The oldest connection without a completed request; null if there is none. */
    public ClientConnection oldestUnserved() {
        return unserved.oldest;
    }

    /**
     * An idle one among the oldest connections that completed a request; null if none is found soon. Those that are busy
     * become the newest, so that the next search looks at others.
     */
    public ClientConnection oldIdle() {
        for (int i = 0; i < MAX_SEARCH && served.oldest != null; i++) {
            ClientConnection connection = served.oldest;
            if (connection.isIdle()) {
                return connection;
            }
            served.remove(connection);
            served.add(connection);
        }
        return null;
    }

    /** Visits each connection; the visitor may close it. */
    public void forEach(Consumer<ClientConnection> visitor) {
        visit(unserved, visitor);
        visit(served, visitor);
    }

    private static void visit(Order order, Consumer<ClientConnection> visitor) {
        for (ClientConnection connection = order.oldest; connection != null; ) {
            ClientConnection following = connection.next;
            visitor.accept(connection);
            connection = following;
        }
    }
}
