package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.proxyroute.proxy.routing.HeaderEdit;
import io.proxyroute.proxy.routing.RouteRule;
import java.util.List;

/** Turns a client's request into the proxy's, in place. */
final class OutboundRequest {

    /** Milliseconds that are left of the exchange's deadline, so that a backend need not work in vain. */
    static final AsciiString TIMEOUT = AsciiString.cached("x-request-timeout-ms");

    static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    private static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

    /** Who passed it on, and over what it was received (RFC 9110, section 7.6.3). */
    private static final AsciiString VIA_1_1 = AsciiString.cached("1.1 proxyroute");

    private static final AsciiString VIA_1_0 = AsciiString.cached("1.0 proxyroute");

    private OutboundRequest() {}

    /**
     * Takes this hop off the hops that a request may still go (RFC 9110, section 7.6.2).
     *
     * @return false where none is left, and the request is for the proxy itself
     */
    static boolean mayGoOn(HttpRequest request) {
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.OPTIONS) && !method.equals(HttpMethod.TRACE)) {
            return true;
        }
        int left = request.headers().getInt(HttpHeaderNames.MAX_FORWARDS, -1); // what is no number says nothing
        if (left > 0) {
            request.headers().setInt(HttpHeaderNames.MAX_FORWARDS, left - 1);
        }
        return left != 0;
    }

    /** Takes off what was for the proxy and puts on what it has to say. */
    static void prepare(HttpRequest request, RequestTarget target, TraceContext trace, String clientAddress) {
        HttpHeaders headers = request.headers();
        boolean trailers = HopByHop.takesTrailers(headers);
        HopByHop.strip(headers);
        if (trailers) {
            headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
        }
        if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
        if (!target.authority().equals(headers.get(HttpHeaderNames.HOST))) {
            headers.set(HttpHeaderNames.HOST, target.authority());
        }
        headers.add(HttpHeaderNames.VIA, request.protocolVersion().equals(HttpVersion.HTTP_1_0) ? VIA_1_0 : VIA_1_1);
        headers.remove(TIMEOUT); // how long this hop has is for this hop to say
        request.setUri(target.uri());
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
        String before = headers.get(FORWARDED_FOR);
        headers.set(FORWARDED_FOR, before == null ? clientAddress : joined(headers) + ", " + clientAddress);
        headers.set(FORWARDED_PROTO, "http");
        headers.set(TRACEPARENT, trace.traceparent());
        if (!trace.continued()) {
            headers.remove(TRACESTATE);
        }
    }

    private static String joined(HttpHeaders headers) {
        return String.join(", ", headers.getAll(FORWARDED_FOR));
    }

    /** The rule's own edits. */
    static void edit(HttpRequest request, RouteRule rule) {
        List<HeaderEdit> edits = rule.requestEdits();
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(request.headers());
        }
    }
}
