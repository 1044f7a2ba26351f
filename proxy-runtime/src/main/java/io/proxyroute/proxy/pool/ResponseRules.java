package io.proxyroute.proxy.pool;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;

/** What the decoder lets pass and a proxy must not pass on (RFC 9112, section 6.3; RFC 9110, section 15). */
final class ResponseRules {

    private ResponseRules() {}

    /** What is wrong with the head of a final answer; null where nothing is. */
    static String fault(HttpResponse head) {
        int code = head.status().code();
        if (code < 200 || code > 999) {
            return "a status outside 200 to 999";
        }
        if (head.protocolVersion().majorVersion() != 1) {
            return "a protocol version other than HTTP/1";
        }
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.size() > 1
                || codings.size() == 1 && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
            return "a transfer coding other than chunked";
        }
        return null;
    }
}
