package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * One request of a client, to which the exchange sends the response. Implemented by a protocol, called by the exchange
 * on the event loop of the connection. Has no effect after {@link #end}, or after the connection has closed: data
 * passed in later is released.
 */
public interface ClientStream {

    /** The client. */
    Peer peer();

    /** Whether the client's connection has completed a request before. */
    boolean isServed();

    /** Whether the client withholds the body until a 100 response asks for it (RFC 9110, section 10.1.1). */
    boolean awaitsContinue();

    /**
     * Sends an interim response, unless the client's protocol version has none.
     *
     * @return whether it was sent
     */
    boolean interim(Head head);

    /** Sends the head of the final response. Its body follows, even if it is not sent, as for HEAD. */
    void head(Head head);

    /** Sends a part of the body. Takes ownership of {@code data}. The last part ends the response. */
    void content(ByteBuf data, boolean last);

    /** Ends the response with trailers. */
    void trailers(Fields trailers);

    /** Flushes buffered writes. Within a read pass of the backend, call it once, at the end. */
    void flush();

    /**
     * Runs an action when everything that was written has left for the socket. It is not run if the connection closes
     * before.
     */
    void whenFlushed(Runnable action);

    /** Reports how many bytes of the request the exchange keeps for this client. */
    void keeps(long bytes);

    /** Whether more of the response should be written now. */
    boolean isWritable();

    /** Bytes of the response not yet written to the socket. */
    long pendingBytes();

    /** Sets whether the request's body may be delivered. Initially disabled. */
    void demand(boolean enabled);

    /** Reports that bytes of the request's body have left the proxy: the client may send as many more. */
    void consumed(long bytes);

    /** The remaining request is no longer needed: the response that follows may end the connection. */
    void abandonRequest();

    /**
     * Ends the stream; a complete response must have been flushed. After it, the connection may serve another request; otherwise the connection is
     * reset, so that the client notices the truncated response.
     */
    void end(EndCause why);

    /** Ends the stream and resets the connection, although the response was written completely. */
    void abort(EndCause why);
}
