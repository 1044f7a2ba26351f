package io.proxyroute.proxy.http;

import io.netty.util.concurrent.Future;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.BackendPools;
import java.io.IOException;
import java.util.Map;

/**
 * The client side of the proxy: its listeners, the connections on them, and what they serve. Thread-safe; several may
 * live in one process. Opens nothing before the first {@link #apply}.
 */
public final class Frontend implements AutoCloseable {

    /**
     * A front end without listeners.
     *
     * @param host address to bind to, such as {@code 0.0.0.0}
     * @param listener learns of ended exchanges
     */
    public Frontend(EventLoops loops, BackendPools pools, Ledger ledger, String host, ExchangeListener listener) {}

    /**
     * Serves a document from now on. Listeners that are new are bound first, so that a port that is taken changes
     * nothing; then all loops see the new rules at once; then listeners that are gone stop accepting. No connection is
     * closed, and exchanges in flight keep what they began with. One call at a time; blocks until the sockets are bound.
     *
     * @param document checked before
     * @param filters the custom filters of the rules that have some, by the rule's name
     * @param retired called on some loop when the last exchange that began under this document has ended, after another
     *     document took its place
     * @throws IOException a port could not be bound; nothing has changed
     */
    public void apply(ConfigDocument document, Map<String, FilterChain> filters, Runnable retired) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The port that a listener is bound to, which tells where the document says 0; -1 where it is not bound. */
    public int port(String listener) {
        throw new UnsupportedOperationException();
    }

    /** Connections and exchanges, now and since the start. */
    public TrafficCounts counts() {
        throw new UnsupportedOperationException();
    }

    /** From now on answers carry {@code Connection: close}. New connections are still accepted. Cannot be undone. */
    public void beginDrain() {
        throw new UnsupportedOperationException();
    }

    /** When the last client connection was accepted, by {@link System#nanoTime()}; the start where there was none. */
    public long lastAcceptNanos() {
        throw new UnsupportedOperationException();
    }

    /** Accepts what waits in the backlog and closes the listeners; connections live on. Done when they are closed. */
    public Future<?> stopAccepting() {
        throw new UnsupportedOperationException();
    }

    /** Closes connections that have no exchange in flight; the end of a drain. Done when they are closed. */
    public Future<?> closeIdle() {
        throw new UnsupportedOperationException();
    }

    /** Closes listeners and connections; exchanges in flight end as SHUTDOWN. Waits until all have. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
