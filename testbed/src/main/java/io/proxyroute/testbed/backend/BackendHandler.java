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
 * Serves one connection, one request at a time, and writes a body only as fast as the peer reads it. Runs on the
 * connection's event loop and releases every message that it receives.
 */
final class BackendHandler extends ChannelInboundHandlerAdapter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final BooleanSupplier draining;
    private final CRC32 crc = new CRC32();

    private HttpRequest request;
    private QueryStringDecoder target;
    private long requestBytes;
    /** The response in progress; null between requests. */
    private ResponseSpec responseSpec;

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
            // Malformed, or pipelined before the previous response is complete: not supported here.
            ctx.writeAndFlush(text(HttpResponseStatus.BAD_REQUEST, "expected one well-formed request at a time"))
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
            default -> respondAsSpecified(ctx);
        }
    }

    private void respondAsSpecified(ChannelHandlerContext ctx) {
        try {
            responseSpec = ResponseSpec.parse(target);
        } catch (NumberFormatException e) {
            finish(ctx, text(HttpResponseStatus.BAD_REQUEST, "query parameter is not a number: " + e.getMessage()));
            return;
        }
        if (responseSpec.delayMillis() == 0) {
            start(ctx);
        } else {
            ctx.executor().schedule(() -> start(ctx), responseSpec.delayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void start(ChannelHandlerContext ctx) {
        HttpResponse response = head(HttpResponseStatus.valueOf(responseSpec.status()));
        if (responseSpec.chunked()) {
            HttpUtil.setTransferEncodingChunked(response, true);
        } else {
            HttpUtil.setContentLength(response, responseSpec.size());
        }
        written = 0;
        ctx.write(response);
        if (request.method().equals(HttpMethod.HEAD)) {
            end(ctx);
        } else {
            pump(ctx);
        }
    }

    /** Writes while the channel is writable. A write may change the writability, and so call this again. */
    private void pump(ChannelHandlerContext ctx) {
        if (pumping) {
            return;
        }
        pumping = true;
        while (responseSpec != null && !pausing && ctx.channel().isWritable()) {
            writePart(ctx);
            if (!ctx.channel().isWritable()) {
                ctx.flush();
            }
        }
        pumping = false;
        ctx.flush();
    }

    private void writePart(ChannelHandlerContext ctx) {
        long limit = responseSpec.cutAfterBytes() >= 0
                ? Math.min(responseSpec.cutAfterBytes(), responseSpec.size())
                : responseSpec.size();
        if (written < limit) {
            int length = (int) Math.min(responseSpec.chunkBytes(), limit - written);
            ctx.write(new DefaultHttpContent(Payload.part(ctx.alloc(), responseSpec.id(), written, length)));
            written += length;
            if (responseSpec.pauseMillis() > 0 && written < limit) {
                pausing = true;
                ctx.executor().schedule(() -> resume(ctx), responseSpec.pauseMillis(), TimeUnit.MILLISECONDS);
            }
        } else if (responseSpec.cutAfterBytes() >= 0) {
            responseSpec = null;
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
        if (responseSpec != null && written > 0) {
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
        return draining.getAsBoolean()
                || !HttpUtil.isKeepAlive(request)
                || (responseSpec != null && responseSpec.close());
    }

    private void finish(ChannelHandlerContext ctx, FullHttpResponse response) {
        describe(response);
        ctx.write(response);
        afterResponse(ctx);
    }

    private void end(ChannelHandlerContext ctx) {
        ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
        afterResponse(ctx);
    }

    private void afterResponse(ChannelHandlerContext ctx) {
        boolean close = closesAfter();
        ctx.channel().config().setAutoRead(true);
        request = null;
        responseSpec = null;
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
        // The peer reset the connection; there is nothing to report.
        ctx.close();
    }
}
