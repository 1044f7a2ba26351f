package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * The way of a request to a backend and of its response back. Lent by the pool; confined to the event loop of its link,
 * which is that of the exchange. Has no effect after {@link #close()}: what is handed over then is released.
 */
public interface BackendStream {

    /** Whether its link has carried a request or been idle before, and may therefore have been closed by the backend. */
    boolean isReused();

    /** Whether a request can be sent: the previous request is complete, and the link is open. */
    boolean isReady();

    /**
     * Sends the head of a request. Does not flush.
     *
     * @param last whether the request has no body
     * @param events receives the response
     * @throws IllegalStateException it is not {@link #isReady()}
     */
    void open(Head head, boolean last, BackendEvents events);

    /** Sends a part of the body. Takes ownership of {@code data}. Does not flush. */
    void content(ByteBuf data, boolean last);

    /** Ends the request with trailers. Does not flush. */
    void trailers(Fields trailers);

    /** Flushes buffered writes. */
    void flush();

    /** Whether more of the request should be written now. */
    boolean isWritable();

    /** Bytes of the request not yet written to the socket. */
    long pendingBytes();

    /** Whether more of the response may be delivered; what was read already still arrives, up to 64 KiB. On at first. */
    void demand(boolean enabled);

    /** So many bytes of the response's body have left the proxy: the backend may send as many more. */
    void consumed(long bytes);

    /** Gives the stream back to the pool; a response that is not complete is cancelled. Has no effect the second time. */
    void close();
}
