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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a request's body, as an array, to the executor and writes the answer. One request at a time on a connection:
 * reading pauses meanwhile, and a client that had sent another one already is cut off.
 */
final class ControlHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(ControlHandler.class);

    private final Routes routes;
    private final Executor executor;
    private boolean busy;

    ControlHandler(Routes routes, Executor executor) {
        this.routes = routes;
        this.executor = executor;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (busy) {
            ctx.close();
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            write(ctx, Answer.text(400, "The request is malformed."), false, head);
            return;
        }
        String target = request.uri();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        Routes.Handler handler = PeerCheck.accepted(ctx.channel())
                ? routes.find(request.method().name(), path)
                : body -> Answer.text(403, PeerCheck.REFUSAL);
        byte[] body = ByteBufUtil.getBytes(request.content());
        busy = true;
        ctx.channel().config().setAutoRead(false);
        try {
            executor.execute(() -> {
                Answer answer = answer(handler, path, body);
                ctx.executor().execute(() -> {
                    busy = false;
                    write(ctx, answer, keepAlive, head);
                    ctx.channel().config().setAutoRead(true);
                });
            });
        } catch (RejectedExecutionException e) {
            busy = false;
            write(ctx, Answer.text(503, "Too many requests are being answered; try again."), false, head);
        }
    }

    private static Answer answer(Routes.Handler handler, String path, byte[] body) {
        try {
            return handler.handle(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.text(503, "The proxy is ending.");
        } catch (Exception e) {
            LOG.warn("{} could not be answered.", path, e);
            return Answer.text(500, path + " could not be answered: " + e.getMessage());
        }
    }

    private static void write(ChannelHandlerContext ctx, Answer answer, boolean keepAlive, boolean head) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
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
