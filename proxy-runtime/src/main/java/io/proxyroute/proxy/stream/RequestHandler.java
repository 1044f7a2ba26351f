package io.proxyroute.proxy.stream;

/**
 * Serves the requests of the connections that one listener accepted on one event loop. Implemented by the exchange
 * side, called by the protocols, on that loop.
 */
public interface RequestHandler {

    /**
     * The head of a request has arrived.
     *
     * @param stream valid until its end
     * @return receives the rest of the request, possibly after the stream has ended
     */
    ClientEvents begin(ClientStream stream, Head head);

    /**
     * Rejects a request that cannot be parsed: sends the cause's response and ends the stream.
     *
     * @param head what is known of it
     */
    void reject(ClientStream stream, Head head, EndCause why);

    /** Limits on heads, for a connection that is accepted now. */
    HeadLimits headLimits();

    /** How long a connection may be idle between requests, in nanoseconds; 0 for no limit. */
    long idleTimeoutNanos();

    /** How long a request's headers may take from their first byte, in nanoseconds; 0 for no limit. */
    long requestHeadersTimeoutNanos();

    /** Whether connections close with their next response. */
    boolean isClosing();

    /** A connection is open. */
    void connectionOpened(ClientConnection connection);

    /** A connection has completed its first request. */
    void connectionServed(ClientConnection connection);

    /** A connection holds this many bytes; called after each read pass and flush. */
    void bytesHeld(ClientConnection connection, long bytes);

    /** A connection has closed. */
    void connectionClosed(ClientConnection connection);
}
