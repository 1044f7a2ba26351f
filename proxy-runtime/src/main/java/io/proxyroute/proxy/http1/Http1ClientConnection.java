package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.stream.ClientConnection;
import io.proxyroute.proxy.stream.ClientEvents;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.HeadLimits;
import io.proxyroute.proxy.stream.Peer;
import io.proxyroute.proxy.stream.RequestHandler;
import io.proxyroute.proxy.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection. Confined to the channel's loop. It carries one exchange at a time; pipelined requests wait
 * undecoded until the response before them is complete, so that responses are sent in order.
 *
 * <pre>
 *   idle --first byte--> reading head --head complete--> exchange --response complete--> idle
 *                                                                |---response complete, body still arriving--> discarding --> idle
 *   any --violation, close announced, idle timeout--> lingering --client closes, or sends too little--> closed
 *                                                                |---client reads nothing for idle timeout--> reset
 * </pre>
 *
 * In the lingering phase the output is shut down and input is discarded until the client closes, sends less than 1,000
 * bytes in 2 s, or has lingered for 30 s. Closing a socket with unread input would make the kernel send a reset, which
 * can destroy the response before the client has read it (RFC 9112, section 9.6); many clients read only when they have
 * sent their whole body.
 *
 * <p>A client that is still reading its response is not idle. One that stops reading is reset, because a truncated
 * response may look complete.
 */
final class Http1ClientConnection extends ClientConnection implements Http1ClientStream.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(Http1ClientConnection.class);
    /** A head of which only a part has arrived for this long counts as idle. */
    private static final long SLOW_HEAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MAX_DISCARD_BYTES = 256 << 10;
    private static final long LINGER_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LINGER_WINDOW_BYTES = 1_000;
    private static final long MAX_LINGER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private enum Phase {
        IDLE,
        READING_HEAD,
        EXCHANGE,
        DISCARDING,
        LINGERING
    }

    private final RequestHandler requests;
    private final DeadlineWheel wheel;
    private final Wire wire;
    private final BodyEncoder bodyEncoder;
    private final HeadEncoder headEncoder;
    private final RequestDecoder decoder;
    private final int maxFields;
    private final Deadline timer = new Deadline() {
        @Override
        protected void onExpired() {
            timedOut();
        }
    };

    private Peer peer;
    private Phase phase = Phase.IDLE;
    /** Null if no exchange is on the connection. */
    private Http1ClientStream stream;
    /** Receives what the client sends; null until the exchange has started. */
    private ClientEvents events;

    /** Whether a request was completed. */
    private boolean served;
    /** Bytes of the request that the exchange keeps. */
    private long keptBytes;

    private long sinceNanos;
    private boolean requestComplete;
    private boolean inputEnded;
    private boolean outputEnded;
    private long discardedBytes;
    private long lingerUntilNanos;
    /** Bytes pending when the timer was armed; if fewer are pending now, the client is still reading. */
    private long pendingBytesWhenArmed;

    Http1ClientConnection(Channel channel, Http1LoopState loop, DeadlineWheel wheel, RequestHandler requests) {
        this.requests = requests;
        this.wheel = wheel;
        this.wire = new Wire(channel);
        this.headEncoder = loop.encoder;
        this.bodyEncoder = new BodyEncoder(wire, () -> headEncoder);
        HeadLimits limits = requests.headLimits();
        this.maxFields = limits.fields();
        this.decoder = new RequestDecoder(loop, limits, this::headStarted);
        channel.pipeline().addLast(decoder, new Handler());
    }

    // --- for the exchange side

    @Override
    public long heldBytes() {
        return wire.pendingBytes() + decoder.bufferedBytes() + keptBytes;
    }

    @Override
    public boolean isIdle() {
        return switch (phase) {
            case IDLE, DISCARDING, LINGERING -> true;
            case READING_HEAD -> wheel.nanoTime() - sinceNanos > SLOW_HEAD_NANOS;
            case EXCHANGE -> false;
        };
    }

    @Override
    public long sinceNanos() {
        return sinceNanos;
    }

    @Override
    public void closeIfIdle() {
        if (phase == Phase.IDLE) {
            linger();
        }
    }

    @Override
    public void shutDown(EndCause why) {
        boolean unfinished = stream != null || wire.pendingBytes() > 0;
        endExchange(why);
        if (unfinished) {
            reset(); // the client has received only part of its response
        } else {
            wire.close();
        }
    }

    // --- for the stream

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean isServed() {
        return served;
    }

    @Override
    public void demandBody(boolean enabled) {
        if (enabled) {
            decoder.resume();
        } else {
            decoder.pause();
        }
    }

    @Override
    public boolean isClosing() {
        return requests.isClosing();
    }

    @Override
    public void flush() {
        wire.flush();
        reportHeldBytes();
    }

    @Override
    public void keeps(long bytes) {
        keptBytes = bytes;
        reportHeldBytes();
    }

    private void reportHeldBytes() {
        requests.bytesHeld(this, heldBytes());
    }

    @Override
    public void completed(boolean keepAlive) {
        detach();
        if (!wire.isOpen()) {
            return;
        }
        if (!served) {
            served = true;
            requests.connectionServed(this);
        }
        if (!keepAlive) {
            linger();
        } else if (requestComplete) {
            awaitNext();
        } else {
            phase = Phase.DISCARDING;
            discardedBytes = 0;
            wheel.armIn(timer, DISCARD_NANOS);
            decoder.resume();
        }
    }

    /** Resets the connection: a truncated response that ends with a FIN could look complete. */
    @Override
    public void reset() {
        detach();
        wire.abort();
    }

    private void detach() {
        stream = null;
        events = null;
        keptBytes = 0;
    }

    /** Ends the exchange, if there is one. */
    private void endExchange(EndCause why) {
        if (stream != null) {
            stream.detach();
            stream = null;
            keptBytes = 0;
            if (events != null) {
                ClientEvents failed = events;
                events = null;
                failed.failed(why);
            }
        }
    }

    private void awaitNext() {
        phase = Phase.IDLE;
        requestComplete = false;
        if (inputEnded) {
            linger();
            return;
        }
        arm(requests.idleTimeoutNanos());
        if (wire.isWritable()) {
            decoder.resume();
        } else {
            decoder.pause(); // until channelWritabilityChanged
        }
    }

    private void arm(long nanos) {
        pendingBytesWhenArmed = wire.pendingBytes();
        sinceNanos = wheel.nanoTime();
        if (nanos > 0) {
            wheel.arm(timer, sinceNanos + nanos);
        } else {
            timer.cancel();
        }
    }

    // --- requests

    private void headStarted() {
        if (phase == Phase.IDLE) {
            phase = Phase.READING_HEAD;
            arm(requests.requestHeadersTimeoutNanos());
        }
    }

    private void begin(HttpRequest request) {
        timer.cancel();
        phase = Phase.EXCHANGE;
        requestComplete = false;
        EndCause violation = RequestHeads.violation(request, maxFields);
        if (violation != null) {
            reject(RequestHeads.rejected(request), violation);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        Head head = RequestHeads.of(request);
        if (head.length() != 0) {
            decoder.pause(); // until the exchange asks for the body
        }
        Http1ClientStream started = new Http1ClientStream(this, wire, headEncoder, bodyEncoder, head, keepAlive);
        stream = started;
        ClientEvents receiver = requests.begin(started, head);
        if (stream == started) {
            events = receiver;
        }
    }

    /** The connection closes, since nothing after an invalid request can be parsed. */
    private void reject(Head head, EndCause why) {
        stream = new Http1ClientStream(this, wire, headEncoder, bodyEncoder, head, false);
        requests.reject(stream, head, why);
    }

    private void content(HttpContent content) {
        ByteBuf data = content.content();
        boolean last = content instanceof LastHttpContent;
        boolean malformed = content.decoderResult().isFailure();
        if (last) {
            requestComplete = true;
        }
        if (stream == null) {
            discard(data, last, malformed);
            return;
        }
        if (last) {
            decoder.pause();
        }
        if (malformed) {
            data.release();
            stream.forbidKeepAlive();
            events.failed(RequestHeads.violation(content.decoderResult().cause()));
            return;
        }
        if (last && stream.requestComplete()) {
            data.release(); // the request had no body
            return;
        }
        stream.bodyReceived(last, !data.isReadable());
        if (last && !((LastHttpContent) content).trailingHeaders().isEmpty()) {
            trailers(data, (LastHttpContent) content);
        } else {
            events.content(data, last);
        }
    }

    private void trailers(ByteBuf data, LastHttpContent last) {
        HopByHop.stripTrailers(last.trailingHeaders());
        if (data.isReadable()) {
            events.content(data, false);
        } else {
            data.release();
        }
        if (events != null) {
            events.trailers(Fields.wrap(last.trailingHeaders()));
        }
    }

    private void discard(ByteBuf data, boolean last, boolean malformed) {
        discardedBytes += data.readableBytes();
        data.release();
        if (phase == Phase.DISCARDING) {
            if (malformed || discardedBytes > MAX_DISCARD_BYTES) {
                linger();
            } else if (last) {
                awaitNext();
            }
        }
    }

    private void inputEnded() {
        inputEnded = true;
        switch (phase) {
            case EXCHANGE -> {
                if (!requestComplete) {
                    endExchange(EndCause.CLIENT_GONE);
                    reset();
                } else if (stream != null) {
                    stream.forbidKeepAlive();
                    events.halfClosed();
                }
            }
            case IDLE, READING_HEAD, DISCARDING -> linger();
            case LINGERING -> {
                if (outputEnded) {
                    wire.close();
                }
            }
        }
    }

    // --- end

    private void timedOut() {
        switch (phase) {
            case READING_HEAD -> {
                phase = Phase.EXCHANGE;
                requestComplete = true;
                reject(RequestHeads.missing(), EndCause.HEADERS_TIMEOUT);
            }
            case DISCARDING -> linger();
            case IDLE, LINGERING -> {
                if (outputEnded) {
                    lingerOrClose();
                } else if (wire.pendingBytes() < pendingBytesWhenArmed) {
                    arm(requests.idleTimeoutNanos());
                } else if (phase == Phase.IDLE) {
                    linger();
                } else {
                    reset(); // the client has stopped reading
                }
            }
            case EXCHANGE ->
                throw new IllegalStateException("the connection timer must not be armed during an exchange");
        }
    }

    private void linger() {
        phase = Phase.LINGERING;
        decoder.discard();
        arm(requests.idleTimeoutNanos()); // in case the client does not read
        wire.flushAndThen(this::shutDownOutput);
    }

    private void shutDownOutput() {
        outputEnded = true;
        if (inputEnded) {
            wire.close();
        } else if (wire.isOpen()) {
            wire.shutdownOutput();
            lingerUntilNanos = wheel.nanoTime() + MAX_LINGER_NANOS;
            discardedBytes = decoder.discardedBytes();
            wheel.armIn(timer, LINGER_WINDOW_NANOS);
        }
    }

    /** The client may still be sending the body of a request that got its response early. */
    private void lingerOrClose() {
        long discarded = decoder.discardedBytes();
        long left = lingerUntilNanos - wheel.nanoTime();
        if (discarded - discardedBytes < LINGER_WINDOW_BYTES || left <= 0) {
            wire.close();
        } else {
            discardedBytes = discarded;
            wheel.armIn(timer, Math.min(left, LINGER_WINDOW_NANOS));
        }
    }

    /** The last handler of the channel. */
    private final class Handler extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            peer = Peer.at((InetSocketAddress) context.channel().remoteAddress());
            requests.connectionOpened(Http1ClientConnection.this);
            arm(requests.idleTimeoutNanos());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!wire.isOpen() || phase == Phase.LINGERING || !(message instanceof HttpObject)) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (message instanceof HttpRequest head) {
                begin(head);
            }
            if (message instanceof HttpContent content) {
                content(content);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (events != null) {
                events.readComplete();
            }
            reportHeldBytes();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (events != null) {
                events.writabilityChanged();
            } else if (phase == Phase.IDLE && wire.isWritable()) {
                decoder.resume();
            }
            reportHeldBytes();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent && wire.isOpen()) {
                inputEnded();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            inputEnded = true;
            timer.cancel();
            try {
                endExchange(EndCause.CLIENT_GONE);
            } finally {
                wire.channelClosed();
                requests.connectionClosed(Http1ClientConnection.this);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            try {
                if (!(cause instanceof IOException)) {
                    LOG.error("A client connection failed.", cause);
                    endExchange(EndCause.INTERNAL);
                }
            } finally {
                wire.close(); // also reached by resets and failed writes
            }
        }
    }
}
