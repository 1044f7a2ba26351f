package io.proxyroute.testbed.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.testbed.Payload;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A keep-alive connection with at most one request in flight. Reports the result of each request to its {@link TargetLoad};
 * a request whose connection breaks is lost and never retried. Runs on the run's event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final int MAX_TEXT_BYTES = 160;

    private final TargetLoad load;
    private final LoadPlan plan;
    private Channel channel;
    private ScheduledRequest inFlight;
    private HttpResponse response;
    private long received;
    private boolean bodyMismatch;
    /** The start of a response with an unexpected status. */
    private String unexpectedText = "";

    private long requestCrc;
    private long responses;

    ClientConnection(TargetLoad load, LoadPlan plan) {
        this.load = load;
        this.plan = plan;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    /** Sends a request; the connection must be idle. */
    void send(ScheduledRequest next, Target target) {
        inFlight = next;
        response = null;
        received = 0;
        bodyMismatch = false;
        unexpectedText = "";
        channel.writeAndFlush(request(next, target));
    }

    private FullHttpRequest request(ScheduledRequest next, Target target) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                plan.requestBytes() > 0 ? HttpMethod.POST : HttpMethod.GET,
                target.requestTarget(next.id, plan.responseBytes()),
                plan.requestBytes() > 0
                        ? Payload.part(channel.alloc(), next.id, 0, plan.requestBytes())
                        : Unpooled.EMPTY_BUFFER);
        String host = plan.host() == null ? target.uri().getAuthority() : plan.host();
        request.headers().set(HttpHeaderNames.HOST, host).set("x-request-number", next.id);
        if (plan.requestBytes() > 0) {
            HttpUtil.setContentLength(request, plan.requestBytes());
            CRC32 crc = new CRC32();
            crc.update(request.content().nioBuffer());
            requestCrc = crc.getValue();
        }
        return request;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (((HttpObject) message).decoderResult().isFailure()) {
                fail(
                        LossCause.MALFORMED,
                        String.valueOf(((HttpObject) message).decoderResult().cause()));
                return;
            }
            if (message instanceof HttpResponse head && head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
                response = head;
            }
            if (message instanceof HttpContent content && response != null) {
                read(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpContent content) {
        if (inFlight == null) {
            // An unsolicited response, for example 408 on an idle connection.
            channel.close();
            return;
        }
        if (response.status().code() != plan.expectedStatus() && received == 0) {
            unexpectedText = content.content()
                    .toString(
                            content.content().readerIndex(),
                            Math.min(MAX_TEXT_BYTES, content.content().readableBytes()),
                            StandardCharsets.US_ASCII)
                    .strip();
        }
        bodyMismatch |= !Payload.matches(content.content(), inFlight.id, received);
        received += content.content().readableBytes();
        if (content instanceof LastHttpContent) {
            complete();
        }
    }

    private void complete() {
        ScheduledRequest ended = inFlight;
        HttpResponse head = response;
        inFlight = null;
        response = null;
        responses++;
        boolean reusable = HttpUtil.isKeepAlive(head)
                && (plan.requestsPerConnection() == 0 || responses < plan.requestsPerConnection());
        if (head.status().code() != plan.expectedStatus()) {
            load.lost(
                    ended,
                    LossCause.STATUS,
                    "status " + head.status().code() + " from "
                            + head.headers().get("x-backend", "a server without x-backend") + ": " + unexpectedText,
                    this);
        } else if (bodyMismatch || received != plan.responseBytes()) {
            load.lost(
                    ended,
                    LossCause.BODY,
                    "received " + received + " of " + plan.responseBytes() + " bytes"
                            + (bodyMismatch ? ", with unexpected content" : ""),
                    this);
        } else if (plan.requestBytes() > 0
                && !Long.toHexString(requestCrc).equals(head.headers().get("x-request-crc32"))) {
            load.lost(ended, LossCause.REQUEST_BODY, "the backend received a different CRC", this);
        } else {
            load.responded(ended, this);
        }
        if (reusable && channel.isActive()) {
            load.idle(this);
        } else {
            channel.close();
        }
    }

    /** Abandons the request if it is still in flight, for example after its timeout. */
    void abandon(ScheduledRequest late) {
        if (inFlight == late) {
            inFlight = null;
            channel.close();
        }
    }

    void close() {
        channel.close();
    }

    /** Whether the connection can take a request now. */
    boolean isIdle() {
        return inFlight == null && channel.isActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (response == null) {
            fail(LossCause.CLOSED, "closed before the response started");
        } else {
            fail(LossCause.TRUNCATED, "closed after " + received + " bytes of the body");
        }
        load.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(response == null ? LossCause.CLOSED : LossCause.TRUNCATED, cause.toString());
        ctx.close();
    }

    private void fail(LossCause cause, String detail) {
        ScheduledRequest ended = inFlight;
        inFlight = null;
        if (ended != null) {
            load.lost(ended, cause, detail, this);
        }
        channel.close();
    }

    long responsesBefore() {
        return responses;
    }

    String addresses() {
        return channel.localAddress() + " -> " + channel.remoteAddress();
    }
}
