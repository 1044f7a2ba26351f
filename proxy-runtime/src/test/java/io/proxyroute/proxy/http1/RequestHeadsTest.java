package io.proxyroute.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadsTest {

    /** A request as Netty decodes it. Fields are separated by {@code |}, so that a table can hold them. */
    private static HttpRequest request(String line, String fields) {
        String[] parts = line.split(" ");
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        if (fields != null) {
            for (String field : fields.split("\\|")) {
                int colon = field.indexOf(':');
                headers.add(
                        field.substring(0, colon), field.substring(colon + 1).strip());
            }
        }
        return new DefaultHttpRequest(HttpVersion.valueOf(parts[2]), HttpMethod.valueOf(parts[0]), parts[1], headers);
    }

    private static Head head(String line, String fields) {
        HttpRequest request = request(line, fields);
        assertThat(RequestHeads.violation(request, 100)).isNull();
        return RequestHeads.of(request);
    }

    @Nested
    class Rejects {

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource({
            "GET / HTTP/2.0, host: a, VERSION_NOT_SUPPORTED",
            "GET / HTTP/0.9, host: a, VERSION_NOT_SUPPORTED",
            "CONNECT a:80 HTTP/1.1, host: a:80, NOT_SUPPORTED",
            "POST / HTTP/1.1, host: a|transfer-encoding: gzip, NOT_SUPPORTED",
            "POST / HTTP/1.1, host: a|transfer-encoding: identity, NOT_SUPPORTED",
            "POST / HTTP/1.1, host: a|transfer-encoding: xchunked, NOT_SUPPORTED",
            "POST / HTTP/1.1, host: a|transfer-encoding: chunked|transfer-encoding: chunked, NOT_SUPPORTED",
            "GET / HTTP/1.1, host: a|sec-websocket-key1: 1|sec-websocket-key2: 2, MALFORMED_REQUEST",
            "GET / HTTP/1.1, , MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: a|host: b, MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: a|host: a, MALFORMED_REQUEST",
            "GET / HTTP/1.0, host: a|host: a, MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: a/b, MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: user@a, MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: a:b, MALFORMED_REQUEST",
            "GET / HTTP/1.1, host: [::1, MALFORMED_REQUEST",
            "GET a HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET a:80 HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET ftp://a/ HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET https://a/ HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET http:// HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET http:///b HTTP/1.1, host: a, MALFORMED_REQUEST",
            "GET http://?q HTTP/1.1, host: a, MALFORMED_REQUEST"
        })
        void headThatGatewayMustNotForward(String line, String fields, EndCause cause) {
            assertThat(RequestHeads.violation(request(line, fields), 100)).isEqualTo(cause);
        }

        @Test
        void headThatFailedToDecode() {
            HttpRequest request = request("GET / HTTP/1.1", "host: a");
            request.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException()));

            assertThat(RequestHeads.violation(request, 100)).isEqualTo(EndCause.URI_TOO_LONG);
            assertThat(RequestHeads.violation(new TooLongFrameException())).isEqualTo(EndCause.HEADERS_TOO_LARGE);
            assertThat(RequestHeads.violation(new IllegalArgumentException())).isEqualTo(EndCause.MALFORMED_REQUEST);
        }

        @Test
        void headButKeepsItsTrace() {
            Head head = RequestHeads.rejected(request("GET /a HTTP/2.0", "traceparent: 00-1-2-01|cookie: secret"));

            assertThat(head.method()).isEqualTo("GET");
            assertThat(head.target()).isEqualTo("/a");
            assertThat(head.fields().get("traceparent")).isEqualTo("00-1-2-01");
            assertThat(head.fields().names()).hasSize(1);
        }
    }

    @Nested
    class Length {

        @ParameterizedTest(name = "{1}")
        @CsvSource({
            "GET / HTTP/1.1, host: a, 0",
            "POST / HTTP/1.1, host: a|content-length: 0, 0",
            "POST / HTTP/1.1, host: a|content-length: 12, 12",
            "POST / HTTP/1.1, host: a|transfer-encoding: chunked, -1",
            "POST / HTTP/1.1, host: a|transfer-encoding: Chunked, -1"
        })
        void comesFromFramingWhichIsNoLongerAField(String line, String fields, long length) {
            Head head = head(line, fields);

            assertThat(head.length()).isEqualTo(length);
            assertThat(head.fields().isEmpty()).isTrue();
        }
    }

    @Nested
    class Target {

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "GET /a?b HTTP/1.1, host: h, h, /a?b",
            "GET / HTTP/1.1, host: H:80, H:80, /",
            "GET / HTTP/1.1, host: [::1]:80, [::1]:80, /",
            "GET / HTTP/1.0, , '', /",
            "OPTIONS * HTTP/1.1, host: h, h, *",
            "OPTIONS http://x:81 HTTP/1.1, host: h, x:81, *",
            "OPTIONS http://x/ HTTP/1.1, host: h, x, /",
            "OPTIONS http://x?q HTTP/1.1, host: h, x, /?q",
            "GET http://x:81/a?b HTTP/1.1, host: h, x:81, /a?b",
            "GET HTTP://x/ HTTP/1.1, host: h, x, /",
            "GET http://x HTTP/1.1, host: h, x, /",
            "GET http://x?q HTTP/1.1, host: h, x, /?q"
        })
        void inAbsoluteFormReplacesHost(String line, String fields, String authority, String target) {
            Head head = head(line, fields);

            assertThat(head.authority()).isEqualTo(authority);
            assertThat(head.target()).isEqualTo(target);
            assertThat(head.fields().contains("host")).isFalse();
        }
    }

    @Nested
    class Members {

        @Test
        void keepUpgradeAndTrailers() {
            Head head = head("GET / HTTP/1.1", "host: a|connection: upgrade|upgrade: websocket|te: trailers");

            assertThat(head.upgrade()).isEqualTo("websocket");
            assertThat(head.acceptsTrailers()).isTrue();
            assertThat(head.receivedAs()).isEqualTo(Protocol.HTTP_1_1);
            assertThat(head.fields().isEmpty()).isTrue();
        }

        @Test
        void ignoreUpgradeThatConnectionDoesNotName() {
            assertThat(head("GET / HTTP/1.1", "host: a|upgrade: websocket").upgrade())
                    .isNull();
        }

        @Test
        void dropExpectOfHttp10() {
            Head head = head("POST / HTTP/1.0", "content-length: 1|expect: 100-continue");

            assertThat(head.receivedAs()).isEqualTo(Protocol.HTTP_1_0);
            assertThat(head.fields().contains("expect")).isFalse();
        }
    }
}
