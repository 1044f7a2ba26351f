package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.stream.BackendStream;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;

/**
 * A request's body: what the client has sent of it, and what of it goes to a backend: the client's as it streams by, or
 * one that filters replaced or have read. Confined to the exchange's loop; the exchange's record owns what it holds.
 */
final class RequestBody {

    private final Head request;
    private final ExchangeRecord record;
    /** As the client announced it. */
    private final long length;

    private boolean empty;
    private boolean complete;
    private boolean partForwarded;
    private boolean discarding;
    private long bytes;
    /** The whole body, where filters replaced it or it had arrived before they let it go on. */
    private ByteBuf buffered;
    /** What filters have read and not used, which goes before the rest. */
    private ByteBuf unreadPrefix;

    /** @param record owns what filters hand over */
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
        return !empty && buffered == null && !complete;
    }

    /** Whether the rest of the client's body is discarded. */
    boolean isDiscarding() {
        return discarding;
    }

    /** Whether no byte of the body was forwarded, so that the request can be retried. */
    boolean isReplayable() {
        return !partForwarded;
    }

    /** A part was received. */
    void received(int count, boolean last) {
        bytes += count;
        complete |= last;
    }

    // --- filters

    /** Continues with the client's body from here, after bytes that filters read and did not use. Takes ownership of {@code unread}. */
    void resumeFrom(ByteBuf unread, boolean untouched) {
        if (complete || empty) {
            replace(unread);
            return;
        }
        request.setLength(untouched ? length : Head.UNKNOWN);
        if (unread.isReadable()) {
            unreadPrefix = track(unread);
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
            buffered = track(body);
        }
    }

    private ByteBuf track(ByteBuf memory) {
        record.track(ResourceKind.BUFFER, null, new OwnedBuffer(memory));
        return memory;
    }

    // --- to a backend

    /** Sends the buffered part after the head. Does not flush. */
    void sendBuffered(BackendStream stream) {
        if (buffered != null) {
            stream.content(buffered.retainedDuplicate(), true);
        } else if (unreadPrefix != null) {
            stream.content(unreadPrefix.retainedDuplicate(), false);
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
