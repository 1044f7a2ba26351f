package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * One request of a client, and the way of its response. Implemented by a protocol, called by the exchange, on the event
 * loop of the connection. Has no effect after {@link #end}, or after the connection has closed: what is handed over then
 * is released.
 */
public interface ClientStream {

    /** The client. */
    Peer peer();

    /** Whether the client withholds the body until a 100 response asks for it (RFC 9110, section 10.1.1). */
    boolean awaitsContinue();

    /**
     * Sends an interim response, unless the client's protocol version has none.
     *
     * @return whether it was sent
     */
    boolean interim(Head head);

    /** Sends the head of the final response. Its body follows, also where the client gets none of it. */
    void head(Head head);

    /** Sends a part of the body. Takes ownership of {@code data}. The last part ends the response. */
    void content(ByteBuf data, boolean last);

    /** Ends the response with trailers. */
    void trailers(Fields trailers);

    /** Flushes buffered writes. Within a read pass of the backend, to be called once, at its end. */
    void flush();

    /** Whether more of the response should be written now. */
    boolean isWritable();

    /** Bytes of the response not yet written to the socket. */
    long pendingBytes();

    /** Whether the request's body may be delivered now. Off until the first call. */
    void demand(boolean enabled);

    /** So many bytes of the request's body have left the proxy: the client may send as many more. */
    void consumed(long bytes);

    /** The rest of the request is not read any more: the response, which follows, may end the connection. */
    void abandonRequest();

    /**
     * Ends the stream. After a complete response, of which nothing is lost, the connection may serve another; otherwise
     * the client sees that the response was cut.
     */
    void end(EndCause why);
}
