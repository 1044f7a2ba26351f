package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.proxy.stream.HeadLimits;
import java.util.List;

/**
 * Decodes requests only as fast as the exchange consumes them. While it is paused, input stays undecoded, and the
 * second read stops reading. So a client that pipelines, or sends a body faster than the backend reads it, costs at
 * most two reads of memory, plus what was in the socket when it half-closed. A half-close is reported once everything
 * before it is decoded.
 *
 * <p>Also rejects folded headers, bare CR or LF and control characters in a head (RFC 9112, sections 2.2 and 5.2),
 * which Netty accepts and other servers parse differently.
 */
final class RequestDecoder extends HttpRequestDecoder {

    private final HeadScan scan = new HeadScan();
    private final Http1LoopState loop;
    private final Runnable headStarted;
    private ChannelHandlerContext context;
    /** A half-close event, kept until all input before it is decoded. */
    private Object pendingHalfClose;

    private boolean paused;
    private boolean decoding;
    private boolean discarding;
    private long discardedBytes;
    private boolean inHead = true;
    private boolean awaitingFirstByte = true;

    /**
     * A decoder for one connection.
     *
     * @param loop state of the connection's event loop
     * @param limits limits on heads
     * @param headStarted called when the first byte of a head has arrived; empty lines before it do not count
     */
    RequestDecoder(Http1LoopState loop, HeadLimits limits, Runnable headStarted) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.fieldBytes())
                .setMaxChunkSize(64 << 10));
        this.loop = loop;
        this.headStarted = headStarted;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    /** Pauses decoding until {@link #resume()}. */
    void pause() {
        paused = true;
    }

    /** Resumes decoding buffered input, then reading. */
    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        if (decoding || context.isRemoved()) {
            return; // the decode loop up the stack continues
        }
        if (actualReadableBytes() > 0) {
            try {
                channelRead(context, Unpooled.EMPTY_BUFFER);
                channelReadComplete(context);
            } catch (Exception e) {
                context.fireExceptionCaught(e);
            }
        }
        fireHalfClose();
        enableAutoRead(context.channel());
    }

    private void fireHalfClose() {
        Object event = pendingHalfClose;
        if (event != null && !(paused && hasInput())) {
            pendingHalfClose = null;
            context.fireUserEventTriggered(event);
        }
    }

    private void enableAutoRead(Channel channel) {
        if (!paused && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Discards all further input. */
    void discard() {
        discarding = true;
        paused = false;
        context.channel().config().setAutoRead(true);
        fireHalfClose();
    }

    /** How many bytes were discarded since {@link #discard()}. */
    long discardedBytes() {
        return discardedBytes;
    }

    /** Memory that undecoded input takes, in bytes. */
    int bufferedBytes() {
        return hasInput() ? internalBuffer().capacity() : 0;
    }

    /** Whether undecoded input is buffered. */
    private boolean hasInput() {
        return actualReadableBytes() > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (paused && hasInput()) {
            ctx.channel().config().setAutoRead(false);
        }
        boolean outer = !decoding;
        decoding = true;
        try {
            super.channelRead(ctx, message);
        } finally {
            if (outer) {
                decoding = false;
                enableAutoRead(ctx.channel());
            }
        }
    }

    /** While paused, the superclass must not read again just because it decoded nothing. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (paused) {
            discardSomeReadBytes();
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /** Input before a half-close must still be decoded; the superclass would drop it. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            pendingHalfClose = event;
            fireHalfClose();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (discarding) {
            discardedBytes += buffer.readableBytes();
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (paused) {
            return;
        }
        int before = out.size();
        if (inHead) {
            decodeHead(ctx, buffer, out, before);
        } else {
            super.decode(ctx, buffer, out);
        }
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof HttpRequest) {
                inHead = false;
            }
            if (message instanceof LastHttpContent) {
                inHead = true;
                awaitingFirstByte = true;
                scan.reset();
            }
        }
    }

    private void decodeHead(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out, int before) throws Exception {
        int available = buffer.readableBytes();
        int count = Math.min(available, Http1LoopState.TYPICAL_HEAD_BYTES);
        ByteBuf head = loop.copyToHeap(buffer, count);
        // Empty lines before a request do not start it (RFC 9112, section 2.2).
        if (awaitingFirstByte && head.forEachByte(ByteProcessor.FIND_NON_CRLF) >= 0) {
            awaitingFirstByte = false;
            headStarted.run();
        }
        super.decode(ctx, head, out);
        if (head.readerIndex() == 0 && out.size() == before && count < available) {
            head = loop.copyToHeap(buffer, available); // a line is longer than that
            super.decode(ctx, head, out);
        }
        int decoded = head.readerIndex();
        buffer.skipBytes(decoded);
        scan.check(head.array(), decoded);
        if (scan.invalid && out.size() > before) {
            HttpRequest request = (HttpRequest) out.get(before);
            if (request.decoderResult().isSuccess()) {
                request.setDecoderResult(DecoderResult.failure(
                        new IllegalArgumentException("folded header, bare CR or control character")));
            }
            while (out.size() > before + 1) {
                ReferenceCountUtil.release(out.remove(out.size() - 1));
            }
            discarding = true;
        }
    }

    /** Checks the bytes of a head, line by line; a line may arrive in pieces. */
    private static final class HeadScan {

        private boolean afterCr;
        private boolean afterLf;
        private boolean started;
        boolean invalid;

        void reset() {
            afterCr = false;
            afterLf = false;
            started = false;
            invalid = false;
        }

        void check(byte[] bytes, int count) {
            for (int i = 0; i < count && !invalid; i++) {
                check(bytes[i]);
            }
        }

        private void check(byte value) {
            boolean lineStart = afterLf && started;
            boolean mustBeLf = afterCr;
            afterLf = value == '\n';
            afterCr = value == '\r';
            if (mustBeLf != afterLf || lineStart && (value == ' ' || value == '\t')) {
                invalid = true; // a bare CR or LF, or a folded line
            } else if (value < 0x20 && value >= 0 && value != '\r' && value != '\n' && value != '\t' || value == 0x7f) {
                invalid = true;
            }
            started |= value != '\r' && value != '\n';
        }
    }
}
