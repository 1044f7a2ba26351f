package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.proxyroute.proxy.routing.HeaderEdit;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;

/** Turns a backend's answer into the proxy's, in place, and makes the proxy's own. */
final class OutboundResponse {

    private OutboundResponse() {}

    /**
     * Takes off what was for the proxy, edits, and sets the framing for this client (RFC 9112, section 6).
     *
     * @param toHead whether the request was HEAD
     * @param http10 whether the client speaks HTTP/1.0, and so knows no chunks
     * @return whether the client learns from the framing where the answer ends; if not, the connection must close
     */
    static boolean prepare(HttpResponse answer, RouteRule rule, boolean toHead, boolean http10) {
        HttpHeaders headers = answer.headers();
        HopByHop.strip(headers);
        List<HeaderEdit> edits = rule.responseEdits();
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(headers);
        }
        answer.setProtocolVersion(HttpVersion.HTTP_1_1);
        int code = answer.status().code();
        if (toHead || code == 204 || code == 304) {
            return true;
        }
        if (HttpUtil.isTransferEncodingChunked(answer) && !http10) {
            return true;
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return true;
        }
        if (http10) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            return false;
        }
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        return true;
    }

    /** Says whether the connection goes on, where the client would take it otherwise. */
    static void announce(HttpHeaders headers, boolean keepAlive, boolean http10) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** The proxy's own answer for a failure: one sentence and the trace to ask about. */
    static FullHttpResponse error(Channel channel, EndCause cause, String traceId) {
        ByteBuf body =
                ByteBufUtil.writeUtf8(channel.alloc(), cause.message() + " (" + cause + ", trace " + traceId + ")\n");
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        return full(HttpResponseStatus.valueOf(cause.status()), headers, body);
    }

    /** A whole answer; its body is taken over. */
    static FullHttpResponse full(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
        if (status.code() != 204 && status.code() != 304) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    /** The proxy's own leave to send the body. */
    static FullHttpResponse goOn(Channel channel) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.CONTINUE,
                channel.alloc().buffer(0));
    }

    /** An interim answer, as a message that is complete in itself. */
    static FullHttpResponse interim(Channel channel, HttpResponse head) {
        HttpHeaders headers = head.headers();
        HopByHop.strip(headers);
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, head.status(), channel.alloc().buffer(0), headers, EmptyHttpHeaders.INSTANCE);
    }
}
