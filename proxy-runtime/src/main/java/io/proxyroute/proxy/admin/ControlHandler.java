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
 * Runs a request's handler on the executor and writes its response. A connection handles one request at a time and
 * reads no further one until then; a client that pipelines is disconnected, and so is one whose first request takes too long.
 */
final class ControlHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(ControlHandler.class);

    private final Router router;
    private final Executor executor;
    private final Duration firstRequestTimeout;
    private ScheduledFuture<?> firstRequestTimer;

    /** This and the next two fields are written on the loop and read by {@link ControlConnections}. */
    private volatile boolean busy;

    private volatile boolean requestReceived;
    private volatile long lastActivityNanos = System.nanoTime();

    /** @param firstRequestTimeout how long a new connection may take to send its first request */
    ControlHandler(Router router, Executor executor, Duration firstRequestTimeout) {
        this.router = router;
        this.executor = executor;
        this.firstRequestTimeout = firstRequestTimeout;
    }

    /** Whether a request is being handled. */
    boolean busy() {
        return busy;
    }

    /** Whether the connection has sent a complete and authorized request. */
    boolean hasSentRequest() {
        return requestReceived;
    }

    /** How long ago the last request arrived or was answered. */
    long idleNanos() {
        return System.nanoTime() - lastActivityNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        firstRequestTimer =
                ctx.executor().schedule(() -> ctx.close(), firstRequestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        firstRequestTimer.cancel(false);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (busy) {
            ctx.close();
            return;
        }
        requestReceived = true;
        lastActivityNanos = System.nanoTime();
        firstRequestTimer.cancel(false);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            write(ctx, AdminResponse.text(400, "The request is malformed."), false, head);
            return;
        }
        String target = request.uri();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        Router.Handler handler = router.find(request.method().name(), path);
        byte[] body = ByteBufUtil.getBytes(request.content());
        busy = true;
        ctx.channel().config().setAutoRead(false);
        try {
            executor.execute(() -> {
                AdminResponse response = respond(handler, path, body);
                ctx.executor().execute(() -> {
                    busy = false;
                    lastActivityNanos = System.nanoTime();
                    write(ctx, response, keepAlive, head);
                    ctx.channel().config().setAutoRead(true);
                });
            });
        } catch (RejectedExecutionException e) {
            busy = false;
            write(ctx, AdminResponse.text(503, "Too many requests are in progress; try again."), false, head);
        }
    }

    private static AdminResponse respond(Router.Handler handler, String path, byte[] body) {
        try {
            return handler.handle(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return AdminResponse.text(503, "The proxy is shutting down.");
        } catch (Throwable t) {
            // Errors too: without a response the connection would stay busy forever.
            LOG.warn("Request for {} failed.", path, t);
            return AdminResponse.text(500, path + " failed: " + t.getMessage());
        }
    }

    private static void write(ChannelHandlerContext ctx, AdminResponse response, boolean keepAlive, boolean head) {
        var written = ctx.writeAndFlush(encode(response, keepAlive, head));
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    static FullHttpResponse encode(AdminResponse response, boolean keepAlive, boolean head) {
        FullHttpResponse encoded = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()));
        encoded.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, response.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        HttpUtil.setKeepAlive(encoded, keepAlive);
        return encoded;
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
