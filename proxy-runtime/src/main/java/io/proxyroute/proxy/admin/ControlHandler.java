package io.proxyroute.proxy.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a request's body, as an array, to the executor and writes the answer. One request at a time on a connection:
 * reading pauses meanwhile, and a client that had sent another one already is cut off, as is one whose first request takes
 * too long.
 */
final class ControlHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(ControlHandler.class);

    private final Routes routes;
    private final Executor executor;
    private final Duration firstRequest;
    private ScheduledFuture<?> tooLate;

    /** Written on the loop, as the next one. */
    private volatile boolean busy;

    private volatile boolean asked;
    private volatile long lastSignNanos = System.nanoTime();

    /** @param firstRequest how long the connection may take to its first whole request */
    ControlHandler(Routes routes, Executor executor, Duration firstRequest) {
        this.routes = routes;
        this.executor = executor;
        this.firstRequest = firstRequest;
    }

    /** Whether a request is being answered. */
    boolean busy() {
        return busy;
    }

    /** Whether there has been a whole request of somebody who may ask. */
    boolean hasAsked() {
        return asked;
    }

    /** Since when no request has come and none was answered. */
    long silentNanos() {
        return System.nanoTime() - lastSignNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        tooLate = ctx.executor().schedule(() -> ctx.close(), firstRequest.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        tooLate.cancel(false);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (busy) {
            ctx.close();
            return;
        }
        asked = true;
        lastSignNanos = System.nanoTime();
        tooLate.cancel(false);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            write(ctx, AdminResponse.text(400, "The request is malformed."), false, head);
            return;
        }
        String target = request.uri();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        Routes.Handler handler = routes.find(request.method().name(), path);
        byte[] body = ByteBufUtil.getBytes(request.content());
        busy = true;
        ctx.channel().config().setAutoRead(false);
        try {
            executor.execute(() -> {
                AdminResponse answer = answer(handler, path, body);
                ctx.executor().execute(() -> {
                    busy = false;
                    lastSignNanos = System.nanoTime();
                    write(ctx, answer, keepAlive, head);
                    ctx.channel().config().setAutoRead(true);
                });
            });
        } catch (RejectedExecutionException e) {
            busy = false;
            write(ctx, AdminResponse.text(503, "Too many requests are being answered; try again."), false, head);
        }
    }

    private static AdminResponse answer(Routes.Handler handler, String path, byte[] body) {
        try {
            return handler.handle(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return AdminResponse.text(503, "The proxy is ending.");
        } catch (Throwable t) {
            // An error as well: unanswered, the connection would stay busy for ever.
            LOG.warn("{} could not be answered.", path, t);
            return AdminResponse.text(500, path + " could not be answered: " + t.getMessage());
        }
    }

    private static void write(ChannelHandlerContext ctx, AdminResponse answer, boolean keepAlive, boolean head) {
        var written = ctx.writeAndFlush(response(answer, keepAlive, head));
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    static FullHttpResponse response(AdminResponse answer, boolean keepAlive, boolean head) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        HttpUtil.setKeepAlive(response, keepAlive);
        return response;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && !busy) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.debug("A control connection failed.", cause);
        }
        ctx.close();
    }
}
