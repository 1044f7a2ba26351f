package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * What a client's stream reports to its exchange. Called on the event loop of the connection; nothing follows
 * {@link #failed} or {@link ClientStream#end}.
 */
public interface ClientEvents {

    /** A part of the request's body; the receiver takes ownership. The last part ends the request. May be empty. */
    void content(ByteBuf data, boolean last);

    /** Trailers, which end the request. */
    void trailers(Fields trailers);

    /** The current read pass is complete; flush to the backend now. */
    void readComplete();

    /** {@link ClientStream#isWritable()} may have changed. */
    void writabilityChanged();

    /** The client has shut down its output after a complete request, and may have disconnected (RFC 9112, section 9.6). */
    void halfClosed();

    /**
     * The request, or its connection, ended too early. A response can still be sent unless the cause is that the client
     * has gone or that the proxy fails.
     */
    void failed(EndCause why);
}
