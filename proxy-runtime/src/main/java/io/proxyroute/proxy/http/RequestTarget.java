package io.proxyroute.proxy.http;

import io.proxyroute.proxy.routing.RequestPath;
import io.proxyroute.proxy.stream.Authority;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Head;
import java.util.Locale;

/**
 * A request's target, normalized for routing.
 *
 * @param path without the query, in the spelling of {@link RequestPath#normalize}
 * @param query without the question mark; null if there is none
 * @param host host in lower case and without a port; empty if an HTTP/1.0 request names none
 * @param fault null, or why the request is rejected; everything else is empty then
 */
record RequestTarget(String path, String query, String host, EndCause fault) {

    private static final RequestTarget MALFORMED = new RequestTarget("", null, "", EndCause.MALFORMED_REQUEST);

    /**
     * Whether the client needs a protocol that the proxy does not serve. A server may ignore {@code Upgrade} (RFC 9110,
     * section 7.8), but a WebSocket handshake without it is of no use.
     */
    static boolean requiresUpgrade(Head request) {
        return request.upgrade() != null
                && request.upgrade().toLowerCase(Locale.ROOT).contains("websocket");
    }

    /** Reads the target of a request. */
    static RequestTarget of(Head request) {
        String target = request.target();
        if (target.equals("*") && !request.method().equals("OPTIONS")) {
            return MALFORMED;
        }
        int question = -1;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == '#' || c >= 0x7f) {
                return MALFORMED;
            }
            if (c == '?' && question < 0) {
                question = i;
            }
        }
        String path = RequestPath.normalize(question < 0 ? target : target.substring(0, question));
        String host = Authority.host(request.authority());
        if (host == null || RequestPath.hasDotSegments(path)) {
            return MALFORMED;
        }
        return new RequestTarget(path, question < 0 ? null : target.substring(question + 1), host, null);
    }
}
