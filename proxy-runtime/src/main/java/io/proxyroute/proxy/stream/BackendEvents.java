package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/** A backend's response as it arrives. Called on the event loop of the stream. */
public interface BackendEvents {

    /** An interim response other than 101. */
    void interim(Head head);

    /** The head of the final response. */
    void head(Head head);

    /** A part of the body, whose ownership is passed on; the last part ends the response. May be empty. */
    void content(ByteBuf data, boolean last);

    /** Trailers, which end the response. */
    void trailers(Fields trailers);

    /** The current read pass is complete; flush now. */
    void readComplete();

    /** {@link BackendStream#isWritable()} may have changed. */
    void writabilityChanged();

    /**
     * The response does not arrive, or not completely: BACKEND_RESET, MALFORMED_RESPONSE or INTERNAL before its head,
     * RESPONSE_CUT after it, LEASE_ABANDONED at any time. Nothing follows. The stream is still to be closed.
     */
    void failed(EndCause why);

    /**
     * Whether nothing has moved on the other side since a point in time, and no deadline will end that. Asked when the
     * stream has moved no byte for {@code abandonedTimeout}, which is then the only bound there is.
     *
     * @param nanos on the loop's clock
     */
    default boolean stalledSince(long nanos) {
        return true;
    }
}
