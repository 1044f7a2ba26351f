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
import java.util.zip.CRC32;

/**
 * One kept-alive connection with at most one exchange on it. Runs on the run's event loop and tells its {@link
 * TargetLoad} how each exchange ended; a request whose connection goes away is lost, never sent again.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private final TargetLoad load;
    private final LoadPlan plan;
    private Channel channel;
    private Exchange exchange;
    private HttpResponse response;
    private long received;
    private boolean bodyIsWrong;
    private long requestCrc;
    private long answered;

    ClientConnection(TargetLoad load, LoadPlan plan) {
        this.load = load;
        this.plan = plan;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    /** Writes a request; the connection must be idle. */
    void send(Exchange next, Target target) {
        exchange = next;
        response = null;
        received = 0;
        bodyIsWrong = false;
        channel.writeAndFlush(request(next, target));
    }

    private FullHttpRequest request(Exchange next, Target target) {
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
        if (exchange == null) {
            // An answer that nobody asked for, for example 408 to an idle connection.
            channel.close();
            return;
        }
        bodyIsWrong |= !Payload.matches(content.content(), exchange.id, received);
        received += content.content().readableBytes();
        if (content instanceof LastHttpContent) {
            complete();
        }
    }

    private void complete() {
        Exchange ended = exchange;
        HttpResponse head = response;
        exchange = null;
        response = null;
        answered++;
        boolean reusable = HttpUtil.isKeepAlive(head)
                && (plan.requestsPerConnection() == 0 || answered < plan.requestsPerConnection());
        if (head.status().code() != plan.expectedStatus()) {
            load.lost(
                    ended,
                    LossCause.STATUS,
                    "status " + head.status().code() + " from "
                            + head.headers().get("x-backend", "something without x-backend"),
                    this);
        } else if (bodyIsWrong || received != plan.responseBytes()) {
            load.lost(
                    ended,
                    LossCause.BODY,
                    "received " + received + " of " + plan.responseBytes() + " bytes"
                            + (bodyIsWrong ? ", not this request's" : ""),
                    this);
        } else if (plan.requestBytes() > 0
                && !Long.toHexString(requestCrc).equals(head.headers().get("x-request-crc32"))) {
            load.lost(ended, LossCause.REQUEST_BODY, "another CRC than the one sent", this);
        } else {
            load.answered(ended, this);
        }
        if (reusable && channel.isActive()) {
            load.idle(this);
        } else {
            channel.close();
        }
    }

    /** Gives up what is under way, for instance because its time is over. */
    void abandon(Exchange late) {
        if (exchange == late) {
            exchange = null;
            channel.close();
        }
    }

    void close() {
        channel.close();
    }

    /** Whether a request can be written now. */
    boolean isIdle() {
        return exchange == null && channel.isActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (response == null) {
            fail(LossCause.CLOSED, "closed before the answer began");
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
        Exchange ended = exchange;
        exchange = null;
        if (ended != null) {
            load.lost(ended, cause, detail, this);
        }
        channel.close();
    }

    long answeredBefore() {
        return answered;
    }

    String addresses() {
        return channel.localAddress() + " -> " + channel.remoteAddress();
    }
}
