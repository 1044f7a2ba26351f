package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Decodes one response at a time, and tracks whether the next one belongs to a HEAD request. Also rejects header names
 * with blanks, of which Netty would take the first word as the name.
 */
final class ResponseDecoder extends HttpResponseDecoder {

    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(8 << 10)
            .setMaxHeaderSize(64 << 10)
            .setMaxChunkSize(64 << 10);

    private final Http1LoopStates loops;
    private final HeaderNameScan names = new HeaderNameScan();
    private boolean isHeadRequest;
    private boolean inHead = true;

    ResponseDecoder(Http1LoopStates loops) {
        super(CONFIG);
        this.loops = loops;
    }

    /** Must be called before each request is sent: a response to HEAD has no body, whatever its headers say. */
    void expectResponseToHead(boolean head) {
        isHeadRequest = head;
    }

    /** Whether undecoded input is buffered. */
    boolean hasInput() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        int before = out.size();
        if (inHead) {
            decodeHead(ctx, buffer, out);
        } else {
            super.decode(ctx, buffer, out);
        }
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            inHead = message instanceof LastHttpContent || inHead && !(message instanceof HttpResponse);
        }
    }

    private void decodeHead(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        Http1LoopState loop = loops.of(ctx.channel());
        int before = out.size();
        int available = buffer.readableBytes();
        int count = Math.min(available, Http1LoopState.TYPICAL_HEAD_BYTES);
        ByteBuf copy = loop.copyToHeap(buffer, count);
        super.decode(ctx, copy, out);
        if (copy.readerIndex() == 0 && out.size() == before && count < available) {
            copy = loop.copyToHeap(buffer, available); // a line is longer than that
            super.decode(ctx, copy, out);
        }
        int decoded = copy.readerIndex();
        buffer.skipBytes(decoded);
        names.check(copy.array(), decoded);
        if (out.size() > before && out.get(before) instanceof HttpResponse response) {
            if (names.isInvalid() && response.decoderResult().isSuccess()) {
                response.setDecoderResult(
                        DecoderResult.failure(new IllegalArgumentException("a header name contains a blank")));
            }
            names.reset();
        }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return isHeadRequest || super.isContentAlwaysEmpty(message);
    }
}
