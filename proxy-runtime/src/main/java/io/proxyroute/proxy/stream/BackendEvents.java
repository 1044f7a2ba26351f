package io.proxyroute.proxy.stream;

import io.netty.buffer.ByteBuf;

/** A backend's response as it arrives. Called on the event loop of the stream. */
public interface BackendEvents {

    /** An interim response other than 101. */
    void interim(Head head);

    /** The head of the final response. */
    void head(Head head);

    /** A part of the body; the receiver takes ownership. The last part ends the response. May be empty. */
    void content(ByteBuf data, boolean last);

    /** Trailers, which end the response. */
    void trailers(Fields trailers);

    /** The current read pass is complete; flush now. */
    void readComplete();

    /** {@link BackendStream#isWritable()} may have changed. */
    void writabilityChanged();

    /**
     * The response will not arrive completely: BACKEND_RESET, MALFORMED_RESPONSE, RESPONSE_HEADERS_TOO_LARGE or
     * INTERNAL before its head, RESPONSE_CUT or CLIENT_STALLED after it, LEASE_ABANDONED at any time. Nothing follows. The stream must
     * still be closed.
     */
    void failed(EndCause why);

    /**
     * Whether the client's side has made no progress since a point in time and no deadline bounds the wait. Called when
     * the stream has transferred no bytes for {@code abandonedTimeout}.
     *
     * @param nanos time on the loop's clock
     */
    default boolean stalledSince(long nanos) {
        return true;
    }
}
