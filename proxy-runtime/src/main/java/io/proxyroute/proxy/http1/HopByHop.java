package io.proxyroute.proxy.http1;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

/** Removes hop-by-hop and framing fields (RFC 9110, section 7.6.1). */
final class HopByHop {

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString[] ALWAYS = {
        KEEP_ALIVE,
        PROXY_CONNECTION,
        HttpHeaderNames.TE,
        HttpHeaderNames.UPGRADE,
        HttpHeaderNames.PROXY_AUTHENTICATE,
        HttpHeaderNames.PROXY_AUTHORIZATION,
        HttpHeaderNames.CONTENT_LENGTH,
        HttpHeaderNames.TRANSFER_ENCODING
    };

    /**
     * Fields that {@code Connection} must not remove: routing, origin and hop count. The framing is read before this
     * class removes it.
     */
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
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-proto",
            "x-real-ip");

    /** Each option costs a removal; no client needs more. */
    private static final int MAX_OPTIONS = 16;

    private HopByHop() {}

    /** Whether {@code Connection} lists more than {@value #MAX_OPTIONS} options. */
    static boolean hasTooManyOptions(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return false;
        }
        int options = 0;
        Iterator<? extends CharSequence> values = headers.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
        while (values.hasNext()) {
            CharSequence value = values.next();
            options++;
            for (int i = 0; i < value.length(); i++) {
                options += value.charAt(i) == ',' ? 1 : 0;
            }
        }
        return options > MAX_OPTIONS;
    }

    /** Strips a head, in place. */
    static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            if (nominates(headers)) {
                headers.getAll(HttpHeaderNames.CONNECTION).forEach(value -> removeNominated(value, headers));
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        for (AsciiString name : ALWAYS) {
            headers.remove(name);
        }
    }

    /** Whether {@code Connection} lists anything but close or keep-alive, which is rare. */
    private static boolean nominates(HttpHeaders headers) {
        Iterator<? extends CharSequence> values = headers.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
        while (values.hasNext()) {
            CharSequence value = values.next();
            if (!HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value)
                    && !HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(value)) {
                return true;
            }
        }
        return false;
    }

    private static void removeNominated(String options, HttpHeaders headers) {
        for (String option : options.split(",")) {
            String name = option.strip().toLowerCase(Locale.ROOT);
            if (!name.isEmpty() && !PROTECTED.contains(name)) {
                headers.remove(name);
            }
        }
    }

    /** Strips trailers, which must not change the message's framing, routing or connection (RFC 9110, section 6.5.1). */
    static void stripTrailers(HttpHeaders trailers) {
        strip(trailers);
        trailers.remove(HttpHeaderNames.HOST);
    }

    /** Whether the client accepts trailers: {@code TE: trailers}. */
    static boolean acceptsTrailers(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.TE) && headers.containsValue(HttpHeaderNames.TE, "trailers", true);
    }
}
