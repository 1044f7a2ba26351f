package io.proxyroute.proxy.http1;

import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.List;

/**
 * Turns decoded responses into heads, and rejects what Netty's decoder accepts and a proxy must not pass on (RFC 9112,
 * section 6.3; RFC 9110, section 15).
 */
final class ResponseHeads {

    private ResponseHeads() {}

    /** The rule that the head of a final response violates; null if it is valid. */
    static String violation(HttpResponse response) {
        int code = response.status().code();
        if (code < 200 || code > 999) {
            return "a status outside 200 to 999";
        }
        if (response.protocolVersion().majorVersion() != 1) {
            return "a protocol version other than HTTP/1";
        }
        if (response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
                return "a transfer coding other than chunked";
            }
        }
        if (HopByHop.hasTooManyOptions(response.headers())) {
            return "too many connection options";
        }
        return null;
    }

    /** The cause for a response that could not be decoded. */
    static EndCause cause(Throwable failure) {
        return switch (failure) {
            case PrematureChannelClosureException e -> EndCause.BACKEND_RESET;
            case TooLongFrameException e -> EndCause.RESPONSE_HEADERS_TOO_LARGE;
            default -> EndCause.MALFORMED_RESPONSE;
        };
    }

    /** Whether the response says where its body ends, other than by the end of the connection. */
    static boolean hasExplicitEnd(HttpResponse response) {
        return HttpUtil.isTransferEncodingChunked(response) || HttpUtil.isContentLengthSet(response);
    }

    /** The head of a valid response. */
    static Head of(HttpResponse response) {
        HttpHeaders headers = response.headers();
        boolean chunked = HttpUtil.isTransferEncodingChunked(response);
        long length = !chunked && headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                ? HttpUtil.getContentLength(response, Head.UNKNOWN)
                : Head.UNKNOWN;
        HopByHop.strip(headers);
        boolean http10 = response.protocolVersion().equals(HttpVersion.HTTP_1_0);
        return Head.response(
                response.status().code(), http10 ? Protocol.HTTP_1_0 : Protocol.HTTP_1_1, length, Fields.wrap(headers));
    }
}
