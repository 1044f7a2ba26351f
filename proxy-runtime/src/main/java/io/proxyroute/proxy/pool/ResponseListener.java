package io.proxyroute.proxy.pool;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.proxyroute.proxy.stream.EndCause;

/** Receives a backend's answer as it arrives, on the lease's loop. {@link Lease#pause()} stops it. */
public interface ResponseListener {

    /** An interim answer, 1xx; 101 never comes since upgrades are not asked for. */
    void interim(HttpResponse head);

    /** The final answer's head. */
    void head(HttpResponse head);

    /** A part of the body; the listener owns it. A {@link io.netty.handler.codec.http.LastHttpContent} ends the answer. */
    void content(HttpContent content);

    /** All that was read in one go has been delivered: the moment to flush. */
    void readComplete();

    /** {@link Lease#writable()} changed. */
    void writabilityChanged();

    /**
     * The answer will not come, or not to its end: BACKEND_RESET, MALFORMED_RESPONSE, RESPONSE_CUT after its head, or
     * LEASE_ABANDONED at any time. Nothing follows. The lease is still to be closed.
     */
    void failed(EndCause cause);

    /**
     * Whether the listener has moved no byte on its other side since a moment, and no deadline of its own will end it. Asked
     * when the connection has been silent for {@code abandonedTimeout}, which is then the only bound there is.
     *
     * @param nanos on the loop's clock
     */
    default boolean stalledSince(long nanos) {
        return true;
    }
}
