package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.ResponseListener;

/**
 * What is known of a request's body, and what of it goes to a backend: the client's as it streams by, or one that filters
 * gave or had in their hands. Confined to the exchange's loop; what it holds is owned by the exchange's record.
 */
final class RequestBody {

    private final HttpRequest request;
    private final ExchangeRecord record;
    private final boolean announced;
    /** As the client framed it; -1 for chunks. */
    private final long length;

    private boolean none;
    private boolean arrived;
    private boolean streamed;
    private boolean unwanted;
    private long bytes;
    private ByteBuf whole;
    private ByteBuf beginning;

    /**
     * Of a request whose framing was checked.
     *
     * @param record owns what filters hand over
     */
    RequestBody(HttpRequest request, ExchangeRecord record) {
        this.request = request;
        this.record = record;
        this.announced = request.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
        this.length = HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
        this.none = length == 0;
    }

    /** Whether there is nothing to send after the head. */
    boolean none() {
        return none;
    }

    /** Whether the client's body has arrived to its end. */
    boolean arrived() {
        return arrived;
    }

    /** Bytes that have arrived. */
    long bytes() {
        return bytes;
    }

    /** Whether more of the client's body is to go to the backend. */
    boolean streams() {
        return !none && whole == null && !arrived;
    }

    /** Whether what the client still sends is thrown away. */
    boolean unwanted() {
        return unwanted;
    }

    /** Whether none of the client's body has gone out, so that the request can be sent once more. */
    boolean replayable() {
        return !streamed;
    }

    void arrives(HttpContent content) {
        bytes += content.content().readableBytes();
        arrived |= content instanceof LastHttpContent;
    }

    // --- what filters do to it

    /** Goes on with the client's body from here, after bytes that filters had and did not use; they are taken over. */
    void continueWith(ByteBuf unread, boolean untouched) {
        if (arrived || none) {
            replace(unread);
            return;
        }
        frame(untouched ? length : -1);
        if (unread.isReadable()) {
            beginning = owned(unread);
        } else {
            unread.release();
        }
    }

    /** Goes on with this body, which is taken over; what the client still sends is thrown away. */
    void replaceWith(ByteBuf body) {
        unwanted = true;
        request.headers().remove(HttpHeaderNames.EXPECT);
        replace(body);
    }

    private void replace(ByteBuf body) {
        if (none && !body.isReadable()) {
            body.release();
            frame(announced ? 0 : NO_BODY);
        } else {
            none = false;
            whole = owned(body);
            frame(body.readableBytes());
        }
    }

    private ByteBuf owned(ByteBuf memory) {
        record.track(ResourceKind.BUFFER, null, new OwnedBuffer(memory));
        return memory;
    }

    private static final long NO_BODY = -2;

    /** Sets the framing, whatever filters did to it: a length, -1 for chunks, or none. */
    private void frame(long as) {
        HttpHeaders headers = request.headers();
        HopByHop.strip(headers);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        if (as >= 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, as);
        } else if (as != NO_BODY) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
    }

    // --- to a backend

    /** Sends the head, and what is here of the body. Does not flush. */
    void send(Lease lease, ResponseListener listener) {
        if (none) {
            lease.send(
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            request.method(),
                            request.uri(),
                            Unpooled.EMPTY_BUFFER,
                            request.headers(),
                            EmptyHttpHeaders.INSTANCE),
                    listener);
            return;
        }
        lease.send(request, listener);
        if (whole != null) {
            lease.write(new DefaultLastHttpContent(whole.retainedDuplicate()));
        } else if (beginning != null) {
            lease.write(new DefaultHttpContent(beginning.retainedDuplicate()));
        }
    }

    /** Passes on a part that has arrived, which is taken over. Does not flush. */
    void stream(Lease lease, HttpContent content) {
        if (content instanceof LastHttpContent last) {
            HopByHop.stripTrailers(last.trailingHeaders());
        }
        streamed = true;
        lease.write(content);
    }
}
