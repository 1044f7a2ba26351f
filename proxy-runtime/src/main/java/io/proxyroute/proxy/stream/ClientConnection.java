package io.proxyroute.proxy.stream;

import java.util.function.Consumer;

/** A client's connection, as far as the exchange side needs it: to close it. Confined to its event loop. */
public abstract class ClientConnection {

    private ClientConnection previous;
    private ClientConnection next;

    /** Closes it if it carries no request. */
    public abstract void closeIfIdle();

    /** Closes it; its exchange ends with {@link EndCause#SHUTDOWN}. */
    public abstract void shutDown();

    /** The connections of one event loop, as an intrusive list. Confined to that loop. */
    public static final class Registry {

        private ClientConnection first;

        /** Adds a connection. */
        public void add(ClientConnection connection) {
            connection.next = first;
            if (first != null) {
                first.previous = connection;
            }
            first = connection;
        }

        /** Removes a connection that was added. */
        public void remove(ClientConnection connection) {
            if (connection.previous == null) {
                first = connection.next;
            } else {
                connection.previous.next = connection.next;
            }
            if (connection.next != null) {
                connection.next.previous = connection.previous;
            }
            connection.previous = null;
            connection.next = null;
        }

        /** Visits each connection; the visitor may close it. */
        public void forEach(Consumer<ClientConnection> visitor) {
            for (ClientConnection connection = first; connection != null; ) {
                ClientConnection following = connection.next;
                visitor.accept(connection);
                connection = following;
            }
        }
    }
}
