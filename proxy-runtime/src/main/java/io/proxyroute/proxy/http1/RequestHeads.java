package io.proxyroute.proxy.http1;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.proxyroute.proxy.stream.Authority;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.Iterator;
import java.util.List;

/**
 * Converts decoded requests to heads, and rejects what Netty accepts but a gateway must not forward (RFC 9112, sections
 * 3.2, 6.1 and 6.3).
 */
final class RequestHeads {

    private RequestHeads() {}

    /** The cause for a request that failed to decode. */
    static EndCause violation(Throwable why) {
        return switch (why) {
            case TooLongHttpLineException e -> EndCause.URI_TOO_LONG;
            case TooLongFrameException e -> EndCause.HEADERS_TOO_LARGE;
            default -> EndCause.MALFORMED_REQUEST;
        };
    }

    /**
     * Why a decoded head is rejected; null if it is valid.
     *
     * @param maxFields how many fields it may have
     */
    static EndCause violation(HttpRequest request, int maxFields) {
        if (request.decoderResult().isFailure()) {
            return violation(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return EndCause.VERSION_NOT_SUPPORTED;
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > maxFields) {
            return EndCause.HEADERS_TOO_LARGE;
        }
        if (HopByHop.hasTooManyOptions(headers)) {
            return EndCause.MALFORMED_REQUEST;
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
                return EndCause.NOT_SUPPORTED;
            }
        } else if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH) && HttpUtil.getContentLength(request, 0L) != 0) {
            // Netty assumes that a pre-RFC 6455 WebSocket handshake has a body, although nothing frames it.
            return EndCause.MALFORMED_REQUEST;
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return EndCause.NOT_SUPPORTED;
        }
        Iterator<? extends CharSequence> hosts = headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
        boolean named = hosts.hasNext();
        if (!named && version.equals(HttpVersion.HTTP_1_1)
                || named && (!Authority.isValid(hosts.next()) || hosts.hasNext())) {
            return EndCause.MALFORMED_REQUEST;
        }
        String uri = request.uri();
        if (!uri.startsWith("/") && !uri.equals("*") && authorityEnd(uri) < 0) {
            return EndCause.MALFORMED_REQUEST;
        }
        return null;
    }

    /** The head of a valid request. */
    static Head of(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        long length = length(request);
        String upgrade = upgrade(headers);
        boolean acceptsTrailers = HopByHop.acceptsTrailers(headers);
        String host = headers.get(HttpHeaderNames.HOST);
        HopByHop.strip(headers);
        headers.remove(HttpHeaderNames.HOST);
        if (http10) {
            headers.remove(HttpHeaderNames.EXPECT); // HTTP/1.0 has no interim responses
        }
        String uri = request.uri();
        String authority = host == null ? "" : host;
        if (!uri.startsWith("/") && !uri.equals("*")) {
            // As to a forward proxy: the target's host replaces the Host header's (RFC 9112, section 3.2.2).
            int end = authorityEnd(uri);
            authority = uri.substring(SCHEME.length(), end);
            String rest = uri.substring(end);
            if (rest.isEmpty() && request.method().equals(HttpMethod.OPTIONS)) {
                uri = "*"; // RFC 9112, section 3.2.4
            } else {
                uri = rest.startsWith("/") ? rest : "/" + rest;
            }
        }
        Head head = Head.request(
                request.method().name(),
                authority,
                uri,
                http10 ? Protocol.HTTP_1_0 : Protocol.HTTP_1_1,
                length,
                Fields.wrap(headers));
        head.setUpgrade(upgrade);
        head.setAcceptsTrailers(acceptsTrailers);
        return head;
    }

    /** Upgrade counts only if Connection names it (RFC 9110, section 7.8). */
    private static String upgrade(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.UPGRADE)
                        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
                ? headers.get(HttpHeaderNames.UPGRADE)
                : null;
    }

    /** A minimal head of a rejected request, for the access log. */
    static Head rejected(HttpRequest request) {
        String traceparent = request.headers().get("traceparent");
        HttpHeaders headers = new DefaultHttpHeaders();
        if (traceparent != null) {
            headers.set("traceparent", traceparent);
        }
        return Head.request(request.method().name(), "", request.uri(), Protocol.HTTP_1_1, 0, Fields.wrap(headers));
    }

    /** A placeholder for a head that never arrived. */
    static Head missing() {
        return Head.request("-", "", "-", Protocol.HTTP_1_1, 0, new Fields());
    }

    private static long length(HttpRequest request) {
        if (HttpUtil.isTransferEncodingChunked(request)) {
            return Head.UNKNOWN;
        }
        return request.headers().contains(HttpHeaderNames.CONTENT_LENGTH) ? HttpUtil.getContentLength(request, 0L) : 0;
    }

    private static final String SCHEME = "http://";

    /** The end of the authority in a target in absolute form; -1 if the target has another form. */
    private static int authorityEnd(String uri) {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return -1;
        }
        int end = SCHEME.length();
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        return end == SCHEME.length() ? -1 : end;
    }
}
