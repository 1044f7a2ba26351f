package io.proxyroute.proxy.http;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.proxyroute.proxy.routing.RequestPath;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;
import java.util.Locale;

/**
 * Where a request goes, once it is known to be sound: what Netty's decoder lets pass and a gateway must not (RFC 9112,
 * sections 3.2, 6.1 and 6.3).
 *
 * @param uri path and query, in origin form or {@code *}
 * @param authority what Host is to be: the client's own, or the target's where that has one
 * @param path without the query, spelt as {@link RequestPath#normalize} has it
 * @param query without the question mark; null where there is none
 * @param host in lower case and without a port; empty where an HTTP/1.0 request named none
 * @param fault null, or why the request is refused; everything else is empty then
 */
record RequestTarget(String uri, String authority, String path, String query, String host, EndCause fault) {

    private static RequestTarget refused(EndCause fault) {
        return new RequestTarget("", "", "", null, "", fault);
    }

    /** Why a request is refused that could not be decoded. */
    static EndCause fault(Throwable why) {
        return switch (why) {
            case TooLongHttpLineException e -> EndCause.URI_TOO_LONG;
            case TooLongFrameException e -> EndCause.HEADERS_TOO_LARGE;
            default -> EndCause.MALFORMED_REQUEST;
        };
    }

    /** Judges a request's head, as it was decoded. */
    static RequestTarget of(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return refused(EndCause.VERSION_NOT_SUPPORTED);
        }
        HttpHeaders headers = request.headers();
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
                return refused(EndCause.NOT_SUPPORTED);
            }
        } else if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH) && HttpUtil.getContentLength(request, 0L) != 0) {
            // The decoder takes the WebSocket handshake of before RFC 6455 to have a body, which nothing frames.
            return refused(EndCause.MALFORMED_REQUEST);
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return refused(EndCause.NOT_SUPPORTED);
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1)) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        String authority = hosts.isEmpty() ? "" : hosts.getFirst();
        if (host(authority) == null) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        String uri = request.uri();
        if (!uri.startsWith("/") && !uri.equals("*")) {
            return absolute(uri);
        }
        return origin(uri, authority, request.method());
    }

    /** A request as to a forward proxy: the host that it names takes the place of the Host header's (RFC 9112, 3.2.2). */
    private static RequestTarget absolute(String uri) {
        if (!uri.regionMatches(true, 0, "http://", 0, 7)) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        int end = 7;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        String own = uri.substring(7, end);
        if (own.isEmpty()) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        String rest = uri.substring(end);
        return origin(rest.startsWith("/") ? rest : "/" + rest, own, HttpMethod.GET);
    }

    private static RequestTarget origin(String uri, String authority, HttpMethod method) {
        if (uri.equals("*") && !method.equals(HttpMethod.OPTIONS)) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        int question = -1;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c == '#' || c >= 0x7f) {
                return refused(EndCause.MALFORMED_REQUEST);
            }
            if (c == '?' && question < 0) {
                question = i;
            }
        }
        String path = RequestPath.normalize(question < 0 ? uri : uri.substring(0, question));
        String host = host(authority);
        if (host == null || RequestPath.hasDotSegments(path)) {
            return refused(EndCause.MALFORMED_REQUEST);
        }
        return new RequestTarget(uri, authority, path, question < 0 ? null : uri.substring(question + 1), host, null);
    }

    /** The host of an authority in lower case, without the port; null where it is malformed. */
    private static String host(String authority) {
        int end = authority.length();
        int colon = authority.lastIndexOf(':');
        if (colon >= 0 && authority.indexOf(']', colon) < 0) {
            for (int i = colon + 1; i < end; i++) {
                if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
                    return null;
                }
            }
            end = colon;
        }
        boolean bracketed = end > 0 && authority.charAt(0) == '[';
        if (bracketed && authority.charAt(end - 1) != ']') {
            return null;
        }
        for (int i = bracketed ? 1 : 0; i < (bracketed ? end - 1 : end); i++) {
            char c = authority.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.';
            if (!plain && c != '-' && c != '_' && !(bracketed && c == ':')) {
                return null;
            }
        }
        return authority.substring(0, end).toLowerCase(Locale.ROOT);
    }
}
