package io.proxyroute.testbed.backend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.testbed.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;

/**
 * Serves one connection, one request at a time. Runs on the connection's event loop; owns the message it is given, and
 * writes a body only as fast as the peer reads it.
 */
final class BackendHandler extends ChannelInboundHandlerAdapter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final BooleanSupplier draining;
    private final CRC32 crc = new CRC32();

    private HttpRequest request;
    private QueryStringDecoder target;
    private long requestBytes;
    /** The answer being written; null between two. */
    private Answer answer;

    private long written;
    private boolean pausing;
    private boolean pumping;

    BackendHandler(String name, BooleanSupplier draining) {
        this.name = name;
        this.draining = draining;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest head) {
                begin(ctx, head);
            }
            if (message instanceof HttpContent content && request != null) {
                body(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        if (head.decoderResult().isFailure() || request != null) {
            // Malformed, or pipelined behind an answer that is not finished: no caller of ours does either.
            ctx.writeAndFlush(text(HttpResponseStatus.BAD_REQUEST, "one well-formed request at a time"))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        request = head;
        target = new QueryStringDecoder(head.uri());
        requestBytes = 0;
        crc.reset();
        if (HttpUtil.is100ContinueExpected(head)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        if (isEcho()) {
            HttpResponse response = head(HttpResponseStatus.OK);
            HttpUtil.setTransferEncodingChunked(response, true);
            ctx.write(response);
        }
    }

    private void body(ChannelHandlerContext ctx, HttpContent content) {
        ByteBuf part = content.content();
        requestBytes += part.readableBytes();
        if (part.isReadable()) {
            crc.update(part.nioBuffer());
        }
        if (isEcho()) {
            ctx.writeAndFlush(new DefaultHttpContent(part.retain()));
        }
        if (content instanceof LastHttpContent) {
            respond(ctx);
        }
    }

    private boolean isEcho() {
        return target.path().equals("/echo");
    }

    private void respond(ChannelHandlerContext ctx) {
        switch (target.path()) {
            case "/healthz" ->
                finish(
                        ctx,
                        draining.getAsBoolean()
                                ? text(HttpResponseStatus.SERVICE_UNAVAILABLE, "draining")
                                : text(HttpResponseStatus.OK, "ok"));
            case "/headers" -> finish(ctx, text(HttpResponseStatus.OK, headersAsJson()));
            case "/echo" -> end(ctx);
            default -> respondAsAsked(ctx);
        }
    }

    private void respondAsAsked(ChannelHandlerContext ctx) {
        try {
            answer = Answer.of(target);
        } catch (NumberFormatException e) {
            finish(ctx, text(HttpResponseStatus.BAD_REQUEST, "not a number in the query: " + e.getMessage()));
            return;
        }
        if (answer.delayMillis() == 0) {
            start(ctx);
        } else {
            ctx.executor().schedule(() -> start(ctx), answer.delayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void start(ChannelHandlerContext ctx) {
        HttpResponse response = head(HttpResponseStatus.valueOf(answer.status()));
        if (answer.chunked()) {
            HttpUtil.setTransferEncodingChunked(response, true);
        } else {
            HttpUtil.setContentLength(response, answer.size());
        }
        written = 0;
        ctx.write(response);
        if (request.method().equals(HttpMethod.HEAD)) {
            end(ctx);
        } else {
            pump(ctx);
        }
    }

    /** Writes as much of the body as the peer takes. A write may change the writability, which calls this again. */
    private void pump(ChannelHandlerContext ctx) {
        if (pumping) {
            return;
        }
        pumping = true;
        while (answer != null && !pausing && ctx.channel().isWritable()) {
            writePart(ctx);
            if (!ctx.channel().isWritable()) {
                ctx.flush();
            }
        }
        pumping = false;
        ctx.flush();
    }

    private void writePart(ChannelHandlerContext ctx) {
        long limit = answer.cutAfterBytes() >= 0 ? Math.min(answer.cutAfterBytes(), answer.size()) : answer.size();
        if (written < limit) {
            int length = (int) Math.min(answer.chunkBytes(), limit - written);
            ctx.write(new DefaultHttpContent(Payload.part(ctx.alloc(), answer.id(), written, length)));
            written += length;
            if (answer.pauseMillis() > 0 && written < limit) {
                pausing = true;
                ctx.executor().schedule(() -> resume(ctx), answer.pauseMillis(), TimeUnit.MILLISECONDS);
            }
        } else if (answer.cutAfterBytes() >= 0) {
            answer = null;
            ctx.flush();
            ctx.close();
        } else {
            end(ctx);
        }
    }

    private void resume(ChannelHandlerContext ctx) {
        pausing = false;
        pump(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (answer != null && written > 0) {
            pump(ctx);
        } else if (request != null && isEcho()) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    private HttpResponse head(HttpResponseStatus status) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        describe(response);
        return response;
    }

    private void describe(HttpResponse response) {
        response.headers().set("x-backend", name);
        if (!isEcho()) {
            response.headers().set("x-request-bytes", requestBytes);
            response.headers().set("x-request-crc32", Long.toHexString(crc.getValue()));
        }
        if (closesAfter()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private boolean closesAfter() {
        return draining.getAsBoolean() || !HttpUtil.isKeepAlive(request) || (answer != null && answer.close());
    }

    private void finish(ChannelHandlerContext ctx, FullHttpResponse response) {
        describe(response);
        ctx.write(response);
        afterAnswer(ctx);
    }

    private void end(ChannelHandlerContext ctx) {
        ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
        afterAnswer(ctx);
    }

    private void afterAnswer(ChannelHandlerContext ctx) {
        boolean close = closesAfter();
        ctx.channel().config().setAutoRead(true);
        request = null;
        answer = null;
        if (close) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.flush();
        }
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        HttpUtil.setContentLength(response, body.readableBytes());
        return response;
    }

    private String headersAsJson() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.headers()
                .names()
                .forEach(each -> headers.put(each, request.headers().getAll(each)));
        try {
            return JSON.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("headers are strings", e);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The peer reset the connection; it knows.
        ctx.close();
    }
}
