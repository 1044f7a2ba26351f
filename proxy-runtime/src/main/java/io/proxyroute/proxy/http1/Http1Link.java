package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.Link;
import io.proxyroute.proxy.stream.BackendEvents;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a backend that carries one exchange at a time. Confined to the channel's loop. It is either leased
 * and delivers the response to its receiver, or idle; then any byte from the backend closes it.
 *
 * <p>The head of a response is delivered at the end of the read pass in which it arrived, or with the last byte of its
 * body. So a body that is malformed from the start is reported before anything is sent to the client.
 *
 * <p>The channel does not close itself when a write fails: a response that the backend sent before it stopped reading
 * may still be in the socket and must be read.
 */
final class Http1Link extends Link {

    private static final Logger LOG = LoggerFactory.getLogger(Http1Link.class);
    private static final int MAX_HELD_BYTES = 64 << 10;

    private final Wire wire;
    private final BodyEncoder bodyEncoder;
    private final Http1LoopStates loops;
    private final ResponseDecoder decoder;

    /** Receives the expected response; null if none is expected. */
    private BackendEvents events;

    private boolean reused;
    /** Whether the connection was new when the current request was sent, so the backend has not closed it for idleness. */
    private boolean sentOnNewConnection;

    private boolean requestComplete = true;
    private boolean responseComplete = true;
    /** Whether the head was delivered. */
    private boolean responseStarted;
    /** A valid head that has not been delivered; null if there is none. */
    private HttpResponse heldHead;
    /** The body after that head, in pieces. */
    private final List<HttpContent> heldBody = new ArrayList<>(0);

    private int heldBytes;
    /** Whether the request was flushed: input that arrives earlier cannot be its response. */
    private boolean requestSent;

    private long sentNanos;
    private boolean keepAlive = true;
    /** A write or a read has failed, so nothing more can be sent. */
    private boolean outputFailed;
    /** Whether the response is delimited only by the end of the connection. */
    private boolean endsWithConnection;

    private boolean closed;
    private long lastByteNanos;

    @SuppressWarnings("deprecation") // AUTO_CLOSE: see the class comment
    Http1Link(Channel channel, Owner owner, Http1LoopStates loops) {
        super(channel, owner);
        this.loops = loops;
        this.wire = new Wire(channel);
        this.bodyEncoder = new BodyEncoder(wire, this::headEncoder);
        this.decoder = new ResponseDecoder(loops);
        this.lastByteNanos = owner.nanoTime();
        channel.config().setAutoClose(false);
        channel.pipeline().addLast(decoder, new Handler());
    }

    // --- for the pool

    @Override
    protected Lease open() {
        lastByteNanos = owner().nanoTime();
        return new Http1Lease(owner(), reused);
    }

    @Override
    protected boolean isReusable() {
        return requestComplete && responseComplete && keepAlive && !outputFailed && !decoder.hasInput() && isOpen();
    }

    @Override
    protected boolean isMovable() {
        return wire.pendingBytes() == 0;
    }

    @Override
    protected void markReused() {
        reused = true;
    }

    private boolean isOpen() {
        return !closed && wire.isOpen();
    }

    /** The lease was closed. */
    private void streamClosed() {
        events = null;
        if (!responseComplete) {
            reportWait(false);
        }
        if (isReusable()) {
            wire.setReading(true);
            owner().returned(this);
        } else {
            dropHeld();
            responseComplete = true; // the rest of the response has no receiver
            close();
        }
    }

    // --- requests

    private void send(Head head, boolean last, BackendEvents receiver) {
        if (!isReusable()) {
            throw new IllegalStateException("the previous request is not complete, or the connection is closed");
        }
        events = receiver;
        sentOnNewConnection = !reused;
        reused = true;
        responseComplete = false;
        responseStarted = false;
        requestSent = false;
        requestComplete = last;
        decoder.expectResponseToHead(head.isHead());
        headEncoder().request(head, wire.appender());
        bodyEncoder.begin(head.length() == Head.UNKNOWN, false);
    }

    private HeadEncoder headEncoder() {
        return loops.of(channel()).encoder;
    }

    private boolean writesBody() {
        return !requestComplete && !outputFailed && isOpen();
    }

    private void content(ByteBuf data, boolean last) {
        if (writesBody()) {
            requestComplete = last;
            bodyEncoder.content(data, last);
        } else {
            data.release();
        }
    }

    private void trailers(Fields trailers) {
        if (writesBody()) {
            requestComplete = true;
            bodyEncoder.end(trailers);
        }
    }

    private void flush() {
        if (!isOpen()) {
            return;
        }
        lastByteNanos = owner().nanoTime();
        if (!requestSent) {
            requestSent = true;
            sentNanos = lastByteNanos;
        }
        wire.flush();
    }

    // --- responses

    private void received(HttpObject object) {
        if (object.decoderResult().isFailure()) {
            Throwable failure = object.decoderResult().cause();
            ReferenceCountUtil.release(object);
            fail(responseStarted ? EndCause.RESPONSE_CUT : ResponseHeads.cause(failure));
            return;
        }
        if (object instanceof HttpResponse head) {
            head(head);
        }
        if (object instanceof HttpContent content) {
            content(content);
        }
    }

    private void content(HttpContent content) {
        if (heldHead != null) {
            if (!(content instanceof LastHttpContent) && heldBytes <= MAX_HELD_BYTES) {
                heldBytes += content.content().readableBytes();
                heldBody.add(content);
                return;
            }
            deliverHeld();
        }
        if (!responseStarted || responseComplete) {
            content.release(); // of an interim response, or of one that was rejected
        } else if (content instanceof LastHttpContent last) {
            end(last);
        } else {
            events.content(content.content(), false);
        }
    }

    /** The receiver may close the lease, which drops the rest. */
    private void deliverHeld() {
        HttpResponse response = heldHead;
        heldHead = null;
        reportWait(true);
        responseStarted = true;
        events.head(ResponseHeads.of(response));
        for (int i = 0; i < heldBody.size(); i++) {
            HttpContent piece = heldBody.get(i);
            if (responseComplete) {
                piece.release();
            } else {
                events.content(piece.content(), false);
            }
        }
        heldBody.clear();
        heldBytes = 0;
    }

    private void dropHeld() {
        if (heldHead != null) {
            heldHead = null;
            heldBody.forEach(ReferenceCountUtil::release);
            heldBody.clear();
            heldBytes = 0;
        }
    }

    private void head(HttpResponse response) {
        if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            if (response.status().code() == 101) {
                fail(EndCause.MALFORMED_RESPONSE); // no upgrade was requested
            } else {
                events.interim(ResponseHeads.of(response));
            }
            return;
        }
        if (ResponseHeads.violation(response) != null) {
            fail(EndCause.MALFORMED_RESPONSE);
            return;
        }
        keepAlive = HttpUtil.isKeepAlive(response);
        setBackendIdleNanos(KeepAliveTimeout.nanos(response.headers().get(KeepAliveTimeout.NAME)));
        endsWithConnection = !decoder.isContentAlwaysEmpty(response) && !ResponseHeads.hasExplicitEnd(response);
        heldHead = response;
    }

    private void end(LastHttpContent last) {
        if (endsWithConnection && outputFailed) {
            // The connection failed instead of closing cleanly, so the body may be incomplete (RFC 9112, section 8).
            last.release();
            fail(EndCause.RESPONSE_CUT);
            return;
        }
        responseComplete = true;
        if (last.trailingHeaders().isEmpty()) {
            events.content(last.content(), true);
            return;
        }
        HopByHop.stripTrailers(last.trailingHeaders());
        if (last.content().isReadable()) {
            events.content(last.content(), false);
        } else {
            last.release();
        }
        if (events != null) {
            events.trailers(Fields.wrap(last.trailingHeaders()));
        }
    }

    /** Records the response time, even if the response never starts. */
    private void reportWait(boolean started) {
        if (requestSent && !responseStarted) {
            owner().responded(owner().nanoTime() - sentNanos, started);
        }
    }

    private void fail(EndCause why) {
        BackendEvents receiver = events;
        events = null;
        keepAlive = false;
        dropHeld();
        if (!responseComplete) {
            reportWait(false);
            if (!responseStarted && sentOnNewConnection && isBackendFault(why)) {
                owner().requestFailed();
            }
        }
        responseComplete = true;
        try {
            if (receiver != null) {
                receiver.failed(why);
            }
        } finally {
            close();
        }
    }

    private static boolean isBackendFault(EndCause why) {
        return why == EndCause.BACKEND_RESET
                || why == EndCause.MALFORMED_RESPONSE
                || why == EndCause.RESPONSE_HEADERS_TOO_LARGE;
    }

    /** The last handler of the channel. */
    private final class Handler extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (responseComplete || !(message instanceof HttpObject object)) {
                // A response without a request must not reach the next one.
                ReferenceCountUtil.release(message);
                keepAlive = false;
                close();
            } else if (!requestSent) {
                ReferenceCountUtil.release(message);
                fail(EndCause.BACKEND_RESET);
            } else {
                received(object);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (heldHead != null) {
                deliverHeld();
            }
            if (events != null) {
                lastByteNanos = owner().nanoTime();
                events.readComplete();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (events != null) {
                events.writabilityChanged();
            }
        }

        /** A failed write shuts down the output, a failed read closes the channel. Both are reported here first. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException || cause instanceof DecoderException)) {
                LOG.error("A backend connection failed.", cause);
                fail(EndCause.INTERNAL);
                return;
            }
            boolean alreadyFailed = outputFailed;
            outputFailed = true;
            if (responseComplete) {
                close();
            } else if (cause instanceof DecoderException) {
                fail(responseStarted ? EndCause.RESPONSE_CUT : EndCause.MALFORMED_RESPONSE);
            } else if (!alreadyFailed) {
                wire.setReading(true); // read what the backend sent before it closed
                events.writabilityChanged();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            closed = true;
            try {
                if (!responseComplete) {
                    fail(responseStarted ? EndCause.RESPONSE_CUT : EndCause.BACKEND_RESET);
                }
            } finally {
                wire.channelClosed();
                owner().closed(Http1Link.this);
            }
        }
    }

    /** The stream that the link currently leases. */
    private final class Http1Lease extends Lease {

        private final boolean onReusedLink;

        Http1Lease(Owner owner, boolean onReusedLink) {
            super(owner);
            this.onReusedLink = onReusedLink;
        }

        @Override
        public boolean isReused() {
            return onReusedLink;
        }

        @Override
        public boolean isReady() {
            return !isClosed() && isReusable();
        }

        @Override
        public void open(Head head, boolean last, BackendEvents receiver) {
            if (isClosed()) {
                throw new IllegalStateException("the lease is closed");
            }
            send(head, last, receiver);
        }

        @Override
        public void content(ByteBuf data, boolean last) {
            if (isClosed()) {
                data.release();
            } else {
                Http1Link.this.content(data, last);
            }
        }

        @Override
        public void trailers(Fields trailers) {
            if (!isClosed()) {
                Http1Link.this.trailers(trailers);
            }
        }

        @Override
        public void flush() {
            if (!isClosed()) {
                Http1Link.this.flush();
            }
        }

        /** Writable after a failure, so that the source does not stall; its data is dropped. */
        @Override
        public boolean isWritable() {
            return !isClosed() && (outputFailed || wire.isWritable());
        }

        @Override
        public long pendingBytes() {
            return isClosed() ? 0 : wire.pendingBytes();
        }

        @Override
        protected void setReading(boolean enabled) {
            wire.setReading(enabled);
        }

        /** Has no effect: only {@link #demand} paces an HTTP/1.1 backend. */
        @Override
        public void consumed(long bytes) {}

        @Override
        protected void returnToLink() {
            streamClosed();
        }

        @Override
        protected long lastByteNanos() {
            return lastByteNanos;
        }

        @Override
        protected boolean stalledSince(long nanos) {
            return events == null || events.stalledSince(nanos);
        }

        @Override
        protected void fail(EndCause why) {
            if (responseComplete) {
                Http1Link.this.close();
            } else {
                Http1Link.this.fail(why);
            }
        }
    }
}
