package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * What a client's stream reports to its exchange. Called on the event loop of the connection; nothing follows
 * {@link #failed} or {@link ClientStream#end}.
 */
public interface ClientEvents {

    /** A part of the request's body, whose ownership is passed on; the last part ends the request. May be empty. */
    void content(ByteBuf data, boolean last);

    /** Trailers, which end the request. */
    void trailers(Fields trailers);

    /** The current read pass is complete; flush now towards the backend. */
    void readComplete();

    /** {@link ClientStream#isWritable()} may have changed. */
    void writabilityChanged();

    /** The client has shut down its output after a complete request, and may have disconnected (RFC 9112, section 9.6). */
    void halfClosed();

    /**
     * The request ends before it is complete, or its connection does before the response is. The stream can still carry a
     * response unless the cause says that the client has gone, or the proxy fails.
     */
    void failed(EndCause why);
}
