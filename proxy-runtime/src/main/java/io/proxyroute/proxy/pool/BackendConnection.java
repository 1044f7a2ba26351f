package io.proxyroute.proxy.pool;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.PendingBytes;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an endpoint: the last handler of its channel, and a member of its pool's lists. Confined to the
 * channel's loop. It is either leased, and its traffic goes to the lease's listener, or idle, and then the least byte from
 * the other side closes it.
 *
 * <p>The channel does not close itself when a write fails: an answer that the backend sent before it stopped reading may
 * still lie in the socket, and is read to its end.
 */
final class BackendConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(BackendConnection.class);

    final EndpointPool.Shard shard;
    final Channel channel;
    private final ResponseDecoder decoder;
    private final long openedNanos;

    /** Neighbours in the shard's list of idle connections. */
    BackendConnection olderIdle;

    BackendConnection newerIdle;
    long idleSinceNanos;
    final Deadline idleEnd = new Deadline() {
        @Override
        protected void reached() {
            shard.expired(BackendConnection.this);
        }
    };

    /** Null while idle. */
    private Lease lease;

    private ResponseListener listener;
    /** Whether it has served or lain idle: its peer may have closed it since. */
    boolean reused;

    private boolean requestDone = true;
    private boolean answerDone = true;
    private boolean answerBegun;
    /** Whether anything of the request was sent: before that, nothing that comes can be its answer. */
    private boolean asked;

    private long askedNanos;
    private boolean keepAlive = true;
    /** A write has failed, or a read: nothing more can be sent. */
    private boolean outputFailed;
    /** Whether the answer that is due has no other end than the connection's. */
    private boolean endsWithConnection;

    private boolean reading = true;
    private boolean closed;
    private long lastByteNanos;

    BackendConnection(EndpointPool.Shard shard, Channel channel, ResponseDecoder decoder, long nowNanos) {
        this.shard = shard;
        this.channel = channel;
        this.decoder = decoder;
        this.openedNanos = nowNanos;
        this.lastByteNanos = nowNanos;
    }

    // --- what the pool does with it

    Lease lease(long nowNanos) {
        lastByteNanos = nowNanos;
        lease = new Lease(this, reused);
        return lease;
    }

    Lease lease() {
        return lease;
    }

    boolean open() {
        return !closed && channel.isActive();
    }

    /**
     * Whether nothing of an exchange is left on it. Input beyond the answer would be taken for that of the next request:
     * a backend that sends it is not believed again.
     */
    boolean clean() {
        return requestDone && answerDone && keepAlive && !outputFailed && !decoder.hasInput() && open();
    }

    long ageNanos(long nowNanos) {
        return nowNanos - openedNanos;
    }

    void close() {
        channel.close();
    }

    // --- what a lease does with it

    void send(HttpRequest head, ResponseListener to) {
        if (!clean()) {
            ReferenceCountUtil.release(head);
            throw new IllegalStateException("the request before is not complete");
        }
        listener = to;
        reused = true;
        answerDone = false;
        answerBegun = false;
        asked = false;
        requestDone = head instanceof LastHttpContent;
        keepAlive = true;
        decoder.expectAnswerToHead(HttpMethod.HEAD.equals(head.method()));
        channel.write(head, channel.voidPromise());
    }

    void write(HttpContent content) {
        if (requestDone || outputFailed) {
            content.release();
            return;
        }
        requestDone = content instanceof LastHttpContent;
        channel.write(content, channel.voidPromise());
    }

    void flush() {
        lastByteNanos = shard.nanoTime();
        if (!asked) {
            asked = true;
            askedNanos = lastByteNanos;
        }
        channel.flush();
    }

    /** What cannot be sent any more is taken and dropped, so that it does not hold up its source. */
    boolean writable() {
        return outputFailed || channel.isWritable();
    }

    long pendingBytes() {
        return PendingBytes.of(channel);
    }

    void autoRead(boolean on) {
        if (reading != on) {
            reading = on;
            channel.config().setAutoRead(on);
        }
    }

    long silentNanos(long nowNanos) {
        return nowNanos - lastByteNanos;
    }

    boolean stalledSince(long nanos) {
        return listener == null || listener.stalledSince(nanos);
    }

    void abandon() {
        if (answerDone) {
            close();
        } else {
            fail(EndCause.LEASE_ABANDONED);
        }
    }

    /** The lease is over. */
    void returned() {
        lease = null;
        listener = null;
        if (!answerDone) {
            waited();
        }
        if (clean()) {
            autoRead(true);
            shard.returned(this);
        } else {
            answerDone = true; // what still comes is nobody's
            close();
        }
    }

    // --- what the channel tells

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (answerDone || !(message instanceof HttpObject object)) {
            // Nobody asked: an answer without a request must not reach whoever comes next.
            ReferenceCountUtil.release(message);
            keepAlive = false;
            close();
            return;
        }
        if (!asked) {
            ReferenceCountUtil.release(message);
            fail(EndCause.BACKEND_RESET);
            return;
        }
        if (object.decoderResult().isFailure()) {
            boolean left = object.decoderResult().cause() instanceof PrematureChannelClosureException;
            ReferenceCountUtil.release(message);
            fail(answerBegun ? EndCause.RESPONSE_CUT : left ? EndCause.BACKEND_RESET : EndCause.MALFORMED_RESPONSE);
            return;
        }
        if (object instanceof HttpResponse head) {
            head(head);
        }
        if (object instanceof HttpContent content) {
            if (!answerBegun || answerDone) {
                content.release(); // of an interim answer, or of one that was refused
                return;
            }
            if (content instanceof LastHttpContent) {
                if (endsWithConnection && outputFailed) {
                    // It broke, and was not closed in good order: what has come may not be all (RFC 9112, section 8).
                    content.release();
                    fail(EndCause.RESPONSE_CUT);
                    return;
                }
                answerDone = true;
            }
            listener.content(content);
        }
    }

    private void head(HttpResponse head) {
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            if (head.status().code() == 101) {
                fail(EndCause.MALFORMED_RESPONSE);
            } else {
                listener.interim(head);
            }
            return;
        }
        if (ResponseRules.fault(head) != null) {
            fail(EndCause.MALFORMED_RESPONSE);
            return;
        }
        waited();
        answerBegun = true;
        keepAlive = HttpUtil.isKeepAlive(head);
        endsWithConnection = !decoder.isContentAlwaysEmpty(head)
                && !HttpUtil.isContentLengthSet(head)
                && !HttpUtil.isTransferEncodingChunked(head);
        listener.head(head);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (listener != null) {
            lastByteNanos = shard.nanoTime();
            listener.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (listener != null) {
            listener.writabilityChanged();
        }
    }

    /** A failed write shuts the output, a failed read closes the channel; both are told here first. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.error("a backend connection failed", cause);
            fail(EndCause.INTERNAL);
            return;
        }
        boolean before = outputFailed;
        outputFailed = true;
        if (answerDone) {
            close();
        } else if (cause instanceof DecoderException) {
            fail(answerBegun ? EndCause.RESPONSE_CUT : EndCause.MALFORMED_RESPONSE);
        } else if (!before) {
            autoRead(true); // what the other side said before it left
            listener.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        if (!answerDone) {
            fail(answerBegun ? EndCause.RESPONSE_CUT : EndCause.BACKEND_RESET);
        }
        shard.closed(this);
    }

    /** The answer begins, or is not waited for any longer: a backend that never answers is slow as well. */
    private void waited() {
        if (asked && !answerBegun) {
            long now = shard.nanoTime();
            shard.pool().backend().answered(shard.number(), now - askedNanos, now);
        }
    }

    private void fail(EndCause cause) {
        ResponseListener told = listener;
        listener = null;
        keepAlive = false;
        if (!answerDone) {
            waited();
        }
        answerDone = true;
        if (told != null) {
            told.failed(cause);
        }
        close();
    }
}
