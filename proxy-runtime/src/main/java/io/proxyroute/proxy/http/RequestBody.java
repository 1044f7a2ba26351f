package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.BackendStream;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;

/**
 * The body of a request: how much of it the client has sent, and what the backend receives, which is the client's body
 * as it arrives or one that filters have read or replaced. Confined to the exchange's loop; the record owns its
 * buffers.
 */
final class RequestBody {

    private final Head request;
    private final ExchangeRecord record;
    /** The length that the client announced. */
    private final long length;

    private boolean empty;
    private boolean complete;
    private boolean partForwarded;
    private boolean discarding;
    private long bytes;
    /** Sent at the start of each attempt, before what the client still sends; null for nothing. */
    private ByteBuf prefix;
    /** Whether the prefix is the complete body. */
    private boolean prefixIsWhole;
    /** Follow a prefix that is the complete body; null if there are none. */
    private Fields trailers;

    /** @param record owns the buffers that filters pass in */
    RequestBody(Head request, ExchangeRecord record) {
        this.request = request;
        this.record = record;
        this.length = request.length();
        this.empty = length == 0;
        this.complete = empty;
    }

    /** Whether there is no body. */
    boolean isEmpty() {
        return empty;
    }

    /** Whether the client's body is complete. */
    boolean isComplete() {
        return complete;
    }

    /** Bytes received. */
    long bytes() {
        return bytes;
    }

    /** Whether more of the client's body must be forwarded. */
    boolean isStreaming() {
        return !empty && !prefixIsWhole && !complete;
    }

    /** Whether the remainder of the client's body is discarded. */
    boolean isDiscarding() {
        return discarding;
    }

    /** Whether no byte of the body was forwarded, so that the request can be retried. */
    boolean isReplayable() {
        return !partForwarded;
    }

    /** Counts a received part. */
    void received(int count, boolean last) {
        bytes += count;
        complete |= last;
    }

    // --- gathered before the first attempt

    /** Sets the bytes received so far. The caller owns them until {@link #dropPrefix}. */
    void setPrefix(ByteBuf bytes) {
        prefix = bytes;
        prefixIsWhole = complete;
    }

    /** Sets the trailers of a body that is complete. */
    void setTrailers(Fields received) {
        trailers = received;
    }

    /** There will be no other attempt. */
    void dropPrefix() {
        prefix = null;
    }

    // --- filters

    /**
     * Continues with bytes that filters have read and not used, then with the remainder of the client's body. Takes
     * ownership of {@code unread}.
     *
     * @param untouched whether filters have used no byte, so the length stays as announced
     */
    void resumeFrom(ByteBuf unread, boolean untouched) {
        if (complete || empty) {
            replace(unread);
            return;
        }
        request.setLength(untouched ? length : Head.UNKNOWN);
        if (unread.isReadable()) {
            prefix = track(unread);
        } else {
            unread.release();
        }
    }

    /** Replaces the body and discards the client's. Takes ownership of {@code body}. */
    void replaceWith(ByteBuf body) {
        discarding = true;
        request.fields().remove(FieldNames.EXPECT);
        replace(body);
    }

    private void replace(ByteBuf body) {
        request.setLength(body.readableBytes());
        if (empty && !body.isReadable()) {
            body.release();
        } else {
            empty = false;
            prefix = track(body);
            prefixIsWhole = true;
        }
    }

    private ByteBuf track(ByteBuf memory) {
        record.track(ResourceKind.BUFFER, null, new OwnedBuffer(memory));
        return memory;
    }

    // --- to a backend

    /** Sends the buffered part after the head. Does not flush. */
    void sendBuffered(BackendStream stream) {
        if (prefix == null) {
            return;
        }
        stream.content(prefix.retainedDuplicate(), prefixIsWhole && trailers == null);
        if (trailers != null) {
            stream.trailers(trailers);
        }
    }

    /** Forwards a received part. Takes ownership of {@code data}. Does not flush. */
    void forward(BackendStream stream, ByteBuf data, boolean last) {
        partForwarded = true;
        stream.content(data, last);
    }

    /** Forwards the trailers. Does not flush. */
    void forward(BackendStream stream, Fields trailers) {
        partForwarded = true;
        stream.trailers(trailers);
    }
}
