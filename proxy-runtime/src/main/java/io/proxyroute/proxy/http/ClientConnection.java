package io.proxyroute.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.PendingBytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: the last handler of its channel. Confined to the channel's loop. It has one exchange at a time;
 * requests that are pipelined wait undecoded until the answer before is complete, so that answers come in order.
 *
 * <pre>
 *   waiting --first byte--> head --head complete--> exchange --answer complete--> waiting
 *                                                       |---answer complete, body still arriving--> discarding --> waiting
 *   any --fault, close announced, idle--> lingering --client closes, or 2 s--> closed
 *                                             |---client takes nothing for idle--> reset
 * </pre>
 *
 * Lingering means: the output is shut, and input is thrown away until the client has closed, because a socket closed with
 * unread input makes the kernel send a reset, which can destroy the answer before the client has read it (RFC 9112,
 * section 9.6).
 *
 * <p>A client that has not taken all of its answers is not idle while it reads, and one that stops is cut off with a reset,
 * since what it has may look complete.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MAX_DISCARD_BYTES = 256 << 10;

    private enum Phase {
        WAITING,
        HEAD,
        EXCHANGE,
        DISCARDING,
        LINGERING
    }

    private final LoopContext worker;
    private final BoundListener listener;
    private final RequestDecoder decoder = new RequestDecoder(this::headBegun);
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final Deadline timer = new Deadline() {
        @Override
        protected void reached() {
            timedOut();
        }
    };

    private Channel channel;
    private InetSocketAddress client;
    private String clientAddress;
    private Phase phase = Phase.WAITING;
    private Exchange exchange;
    private boolean requestComplete;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean reading;
    private long discarded;
    /** What waited for the client when the timer was armed: where less waits now, it reads, however slowly. */
    private long pending;

    ClientConnection previous;
    ClientConnection next;

    ClientConnection(LoopContext worker, BoundListener listener) {
        this.worker = worker;
        this.listener = listener;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    // --- for its exchange

    LoopContext worker() {
        return worker;
    }

    BoundListener listener() {
        return listener;
    }

    Channel channel() {
        return channel;
    }

    InetSocketAddress client() {
        return client;
    }

    String clientAddress() {
        return clientAddress;
    }

    /** Whether what is written now will be flushed when the current read is complete. */
    boolean reading() {
        return reading;
    }

    /** Nothing of the request's body is wanted for now. */
    void holdBody() {
        if (!requestComplete) {
            decoder.hold();
        }
    }

    /** More of the request's body is wanted. */
    void wantBody() {
        if (!requestComplete) {
            decoder.resume();
        }
    }

    void write(Object message) {
        channel.write(message, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean writable() {
        return channel.isWritable();
    }

    long pendingBytes() {
        return PendingBytes.of(channel);
    }

    /**
     * The exchange is over, and all that the client gets has been written.
     *
     * @param keepAlive whether the connection may serve another
     */
    void exchangeEnded(boolean keepAlive) {
        exchange = null;
        if (!channel.isActive()) {
            return;
        }
        flush();
        if (!keepAlive) {
            linger();
        } else if (requestComplete) {
            awaitNext();
        } else {
            phase = Phase.DISCARDING;
            discarded = 0;
            worker.wheel.armIn(timer, LINGER_NANOS);
            decoder.resume();
        }
    }

    /** The answer cannot be completed: the client must see that it was cut. */
    void cut() {
        exchange = null;
        // A reset, since an answer that ends with the connection would look complete.
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    private void awaitNext() {
        phase = Phase.WAITING;
        requestComplete = false;
        if (inputEnded) {
            linger();
            return;
        }
        arm(worker.frontend.state().idleNanos());
        if (writable()) {
            decoder.resume();
        } else {
            decoder.hold(); // until the client has read of the answers that it has: see channelWritabilityChanged
        }
    }

    private void arm(long nanos) {
        pending = pendingBytes();
        if (nanos > 0) {
            worker.wheel.armIn(timer, nanos);
        } else {
            timer.cancel();
        }
    }

    // --- for the front end

    /** Closes it if no exchange is in flight. */
    void closeIfIdle() {
        if (phase == Phase.WAITING) {
            linger();
        }
    }

    /** Ends it, with its exchange. */
    void shutDown() {
        boolean unfinished = exchange != null || pendingBytes() > 0;
        if (exchange != null) {
            exchange.shutDown();
        }
        if (unfinished) {
            cut(); // what the client has is not all of its answer
        } else {
            channel.close();
        }
    }

    // --- what the channel tells

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        client = (InetSocketAddress) channel.remoteAddress();
        clientAddress = client == null ? "unknown" : client.getAddress().getHostAddress();
        worker.opened(this);
        arm(worker.frontend.state().idleNanos());
    }

    private void headBegun() {
        if (phase == Phase.WAITING) {
            phase = Phase.HEAD;
            arm(worker.frontend.state().requestHeadersNanos());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        if (!channel.isActive() || phase == Phase.LINGERING || !(message instanceof HttpObject)) {
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

    private void begin(HttpRequest head) {
        timer.cancel();
        phase = Phase.EXCHANGE;
        requestComplete = false;
        exchange = new Exchange(this, worker.frontend.state(), head);
        exchange.begin();
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (last) {
            requestComplete = true;
        }
        if (exchange != null) {
            if (last) {
                decoder.hold();
            }
            exchange.requestContent(content, last);
            return;
        }
        discarded += content.content().readableBytes();
        boolean malformed = content.decoderResult().isFailure();
        content.release();
        if (phase == Phase.DISCARDING) {
            if (malformed || discarded > MAX_DISCARD_BYTES) {
                linger();
            } else if (last) {
                awaitNext();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (exchange != null) {
            exchange.requestReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.clientWritabilityChanged();
        } else if (phase == Phase.WAITING && writable()) {
            decoder.resume();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && channel.isActive()) {
            inputEnded = true;
            switch (phase) {
                case EXCHANGE -> exchange.clientHalfClosed(requestComplete);
                case WAITING, HEAD, DISCARDING -> linger();
                case LINGERING -> {
                    if (outputEnded) {
                        channel.close();
                    }
                }
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded = true;
        timer.cancel();
        if (exchange != null) {
            exchange.clientGone();
            exchange = null;
        }
        worker.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client connection failed", cause);
            if (exchange != null) {
                exchange.broken();
                exchange = null;
            }
        }
        channel.close(); // resets and failed writes come this way too
    }

    private void timedOut() {
        switch (phase) {
            case HEAD -> {
                phase = Phase.EXCHANGE;
                requestComplete = true;
                exchange = new Exchange(this, worker.frontend.state(), Exchange.NO_HEAD);
                exchange.headersTimedOut();
            }
            case DISCARDING -> linger();
            case WAITING, LINGERING -> {
                if (outputEnded) {
                    channel.close();
                } else if (pendingBytes() < pending) {
                    arm(worker.frontend.state().idleNanos());
                } else if (phase == Phase.WAITING) {
                    linger();
                } else {
                    cut(); // it reads nothing
                }
            }
            case EXCHANGE -> throw new IllegalStateException("an exchange has a timer of its own");
        }
    }

    private void linger() {
        phase = Phase.LINGERING;
        decoder.discard();
        arm(worker.frontend.state().idleNanos()); // for a client that does not read
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> shutOutput());
    }

    private void shutOutput() {
        outputEnded = true;
        if (inputEnded) {
            channel.close();
        } else if (channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
            worker.wheel.armIn(timer, LINGER_NANOS);
        }
    }
}
