package io.proxyroute.proxy.http;

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
import java.util.List;

/**
 * Decodes requests only as fast as the exchange takes them. While it is held, what arrives stays undecoded, and a second
 * piece stops the reading; so a client that pipelines, or sends a body faster than the backend takes it, costs at most two
 * reads of memory, and what lay in the socket when it half-closed. A half-close is told when what came before it has been
 * decoded.
 *
 * <p>Beside what Netty's decoder refuses it refuses folded headers, bare CR and control characters in a head (RFC 9112,
 * sections 2.2 and 5.2), which other recipients are known to read differently.
 */
final class RequestDecoder extends HttpRequestDecoder {

    /** Longest request line. */
    static final int MAX_LINE = 8 << 10;
    /** Largest header section, in bytes. */
    static final int MAX_HEADERS = 32 << 10;

    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(64 << 10);

    private final HeadScan scan = new HeadScan();
    private final Runnable headBegun;
    private ChannelHandlerContext context;
    /** A half-close that was received while something before it still waited. */
    private Object inputEnd;

    private boolean held;
    private boolean decoding;
    private boolean discarding;
    private boolean inHead = true;
    private boolean untouched = true;

    /**
     * A decoder for one connection.
     *
     * @param headBegun called when the first byte of a head has arrived, empty lines before it left aside
     */
    RequestDecoder(Runnable headBegun) {
        super(CONFIG);
        this.headBegun = headBegun;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    /** Decodes nothing further until {@link #resume()}. */
    void hold() {
        held = true;
    }

    /** Goes on with what has arrived, then with reading. */
    void resume() {
        if (!held) {
            return;
        }
        held = false;
        if (decoding || context.isRemoved()) {
            return; // the loop that is on the stack goes on
        }
        if (actualReadableBytes() > 0) {
            try {
                channelRead(context, Unpooled.EMPTY_BUFFER);
                channelReadComplete(context);
            } catch (Exception e) {
                context.fireExceptionCaught(e);
            }
        }
        tellInputEnd();
        read(context.channel());
    }

    private void tellInputEnd() {
        Object told = inputEnd;
        if (told != null && !(held && hasInput())) {
            inputEnd = null;
            context.fireUserEventTriggered(told);
        }
    }

    private void read(Channel channel) {
        if (!held && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Throws away whatever arrives from now on. */
    void discard() {
        discarding = true;
        held = false;
        context.channel().config().setAutoRead(true);
        tellInputEnd();
    }

    /** Whether something of a further request has arrived. */
    private boolean hasInput() {
        return actualReadableBytes() > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (held && hasInput()) {
            ctx.channel().config().setAutoRead(false);
        }
        boolean outer = !decoding;
        decoding = true;
        try {
            super.channelRead(ctx, message);
        } finally {
            if (outer) {
                decoding = false;
                read(ctx.channel());
            }
        }
    }

    /** While it holds, the read that the superclass would ask for, having decoded nothing, must not be. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (held) {
            discardSomeReadBytes();
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /** A half-close ends the input, but not what has arrived before it and still waits; the superclass would drop that. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnd = event;
            tellInputEnd();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (discarding) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (held) {
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
                untouched = true;
                scan.reset();
            }
        }
    }

    private void decodeHead(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out, int before) throws Exception {
        // Empty lines before a request are not its beginning (RFC 9112, section 2.2).
        if (untouched && buffer.forEachByte(ByteProcessor.FIND_NON_CRLF) >= 0) {
            untouched = false;
            headBegun.run();
        }
        int start = buffer.readerIndex();
        super.decode(ctx, buffer, out);
        int consumed = buffer.readerIndex() - start;
        if (consumed > 0 && !scan.bad) {
            buffer.forEachByte(start, consumed, scan);
        }
        if (scan.bad && out.size() > before) {
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

    /** Looks at the bytes of a head, line by line; a line may come in pieces. */
    private static final class HeadScan implements ByteProcessor {

        private boolean afterCr;
        private boolean afterLf;
        private boolean begun;
        boolean bad;

        void reset() {
            afterCr = false;
            afterLf = false;
            begun = false;
            bad = false;
        }

        @Override
        public boolean process(byte value) {
            boolean lineStart = afterLf && begun;
            boolean mustBeLf = afterCr;
            afterLf = value == '\n';
            afterCr = value == '\r';
            if (mustBeLf != afterLf || lineStart && (value == ' ' || value == '\t')) {
                bad = true; // a bare CR or LF, or a folded line
            } else if (value < 0x20 && value >= 0 && value != '\r' && value != '\n' && value != '\t' || value == 0x7f) {
                bad = true;
            }
            begun |= value != '\r' && value != '\n';
            return !bad;
        }
    }
}
