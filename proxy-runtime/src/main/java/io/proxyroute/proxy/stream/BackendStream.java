package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/**
 * Sends a request to a backend and receives its response. Leased from the pool; confined to the event loop of its link,
 * which is that of the exchange. Has no effect after {@link #close()}: data passed in later is released.
 */
public interface BackendStream {

    /** Whether its link has carried a request or been idle before, so that the backend may have closed it. */
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

    /** Sets whether more of the response may be delivered. Up to 64 KiB already read still arrive. Initially enabled. */
    void demand(boolean enabled);

    /** Reports that bytes of the response's body have left the proxy: the backend may send as many more. */
    void consumed(long bytes);

    /** Returns the stream to the pool and cancels an incomplete response. Idempotent. */
    void close();
}
