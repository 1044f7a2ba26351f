package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Set;

/**
 * Takes away what is meant for the next hop only (RFC 9110, section 7.6.1). Transfer-Encoding stays: it was checked to be
 * {@code chunked}, and the codec on the other side needs it.
 */
final class HopByHop {

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString[] ALWAYS = {
        KEEP_ALIVE,
        PROXY_CONNECTION,
        HttpHeaderNames.TE,
        HttpHeaderNames.UPGRADE,
        HttpHeaderNames.PROXY_AUTHENTICATE,
        HttpHeaderNames.PROXY_AUTHORIZATION
    };

    /** Must not be taken away by naming them: the message's framing and target, where it has come from, how far it may go. */
    private static final Set<String> PROTECTED = Set.of(
            "close",
            "content-length",
            "forwarded",
            "host",
            "max-forwards",
            "traceparent",
            "tracestate",
            "transfer-encoding",
            "via",
            "x-forwarded-for",
            "x-forwarded-proto");

    private HopByHop() {}

    /** Strips a request's or an answer's head in place. */
    static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            List<String> values = headers.getAll(HttpHeaderNames.CONNECTION);
            for (int i = 0; i < values.size(); i++) {
                removeNominated(values.get(i), headers);
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        for (AsciiString name : ALWAYS) {
            headers.remove(name);
        }
    }

    private static void removeNominated(String options, HttpHeaders headers) {
        for (String option : options.split(",")) {
            String name = option.strip().toLowerCase(java.util.Locale.ROOT);
            if (!name.isEmpty() && !PROTECTED.contains(name)) {
                headers.remove(name);
            }
        }
    }

    /** Strips trailers, which must not change the message's framing, routing or connection (RFC 9110, section 6.5.1). */
    static void stripTrailers(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            strip(trailers);
            trailers.remove(HttpHeaderNames.CONTENT_LENGTH);
            trailers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            trailers.remove(HttpHeaderNames.HOST);
        }
    }

    /** Whether the client takes trailers, which it says by {@code TE: trailers}. */
    static boolean takesTrailers(HttpHeaders headers) {
        return headers.containsValue(HttpHeaderNames.TE, "trailers", true);
    }
}
