package io.proxyroute.proxy.filter;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.filter.BackendRequest;
import java.util.List;
import java.util.Map;

/** Turns what a filter gives into messages of HTTP, and refuses what would break their framing. */
final class OutgoingHeaders {

    private OutgoingHeaders() {}

    /**
     * A request of a filter's own.
     *
     * @throws IllegalArgumentException a part of it cannot stand in a request
     */
    static FullHttpRequest request(BackendRequest request, Backend backend, String traceparent) {
        if (request.method().equalsIgnoreCase("CONNECT")) {
            throw new IllegalArgumentException("a filter cannot open tunnels with CONNECT");
        }
        HttpHeaders headers = headers(request.headers());
        headers.set(
                HttpHeaderNames.HOST, backend.port() == 80 ? backend.host() : backend.host() + ":" + backend.port());
        headers.set("traceparent", traceparent);
        byte[] body = request.body() == null ? new byte[0] : request.body();
        if (body.length > 0 || !bodyless(request.method())) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(request.method()),
                target(request.target()),
                Unpooled.wrappedBuffer(body),
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /**
     * The headers that a filter gives.
     *
     * @throws IllegalArgumentException one is the proxy's to set, or holds characters that a header must not have
     */
    static HttpHeaders headers(Map<String, List<String>> given) {
        HttpHeaders headers = new DefaultHttpHeaders();
        given.forEach((name, values) -> {
            if (Headers.reserved(name)) {
                throw new IllegalArgumentException("header " + name + " belongs to the connection; the proxy sets it");
            }
            headers.add(name, values);
        });
        return headers;
    }

    private static boolean bodyless(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("DELETE") || method.equals("OPTIONS");
    }

    private static String target(String target) {
        boolean clean = target.startsWith("/") && target.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!clean) {
            throw new IllegalArgumentException(
                    "target '" + target + "' must start with a slash and be printable ASCII");
        }
        return target;
    }
}
