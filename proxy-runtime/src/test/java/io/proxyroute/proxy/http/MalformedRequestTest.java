package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rejects requests that violate RFC 9112, or that another recipient could parse differently, and closes the connection. */
@ExtendWith(NoLeaks.class)
class MalformedRequestTest {

    private static RawBackend backend;
    private static ProxyFixture proxy;

    @BeforeAll
    static void start() {
        backend = RawBackend.respondingWith("served");
        proxy = ProxyFixture.to(backend);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        backend.close();
    }

    static Stream<Arguments> malformed() {
        String get = "GET / HTTP/1.1\r\nHost: a\r\n";
        String post = "POST / HTTP/1.1\r\nHost: a\r\n";
        return Stream.of(
                Arguments.of("no version", 400, "GET /\r\nHost: a\r\n\r\n"),
                Arguments.of("garbage", 400, "\u0001\u0002\u0003\r\n\r\n"),
                Arguments.of("a TLS hello", 400, "\u0016\u0003\u0001\u0000\u0005\r\n\r\n"),
                Arguments.of("two targets", 400, "GET / /b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a method that is not a token", 400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("HTTP/2 preface", 505, "PRI * HTTP/2.0\r\nHost: a\r\n\r\n"),
                Arguments.of("HTTP/3", 505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
                Arguments.of("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
                Arguments.of("two Hosts", 400, get + "Host: b\r\n\r\n"),
                Arguments.of("two equal Hosts", 400, get + "Host: a\r\n\r\n"),
                Arguments.of("a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                Arguments.of("a Host with user info", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
                Arguments.of("a Host with a letter for a port", 400, "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"),
                Arguments.of("absolute form without a host", 400, "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("absolute form with user info", 400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("absolute form beside a broken Host", 400, "GET http://a/ HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                Arguments.of("absolute form of another scheme", 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("authority form", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("CONNECT", 501, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"),
                Arguments.of("asterisk without OPTIONS", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a fragment", 400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a raw byte in the target", 400, "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("dot segments", 400, "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("encoded dot segments", 400, "GET /a/%2E%2e/b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("dots before parameters", 400, "GET /a/..;x/b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("dots before an escaped slash", 400, "GET /a/..%2fb HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("dots before an escaped backslash", 400, "GET /a/%2e.%5Cb HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a backslash", 400, "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of(
                        "a body without framing",
                        400,
                        get + "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678"),
                Arguments.of(
                        "Content-Length and Transfer-Encoding",
                        400,
                        post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "both lengths in reverse order",
                        400,
                        post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
                Arguments.of("two lengths", 400, post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                Arguments.of("two lengths in one", 400, post + "Content-Length: 3, 4\r\n\r\nabcd"),
                Arguments.of("a signed length", 400, post + "Content-Length: +3\r\n\r\nabc"),
                Arguments.of("a negative length", 400, post + "Content-Length: -3\r\n\r\nabc"),
                Arguments.of("a length that is not a number", 400, post + "Content-Length: 3x\r\n\r\nabc"),
                Arguments.of("a length beyond a long", 400, post + "Content-Length: 99999999999999999999\r\n\r\n"),
                Arguments.of("chunked twice", 400, post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "chunked in two fields",
                        400,
                        post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("chunked not last", 400, post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
                Arguments.of("an unknown coding", 501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "a coding that looks like chunked", 400, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("identity", 400, post + "Transfer-Encoding: identity\r\n\r\n"),
                Arguments.of(
                        "chunked in HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("a space before the colon", 400, get + "X : y\r\n\r\n"),
                Arguments.of("a tab before the colon", 400, get + "X\t: y\r\n\r\n"),
                Arguments.of("a folded header", 400, get + "X: y\r\n z\r\n\r\n"),
                Arguments.of("a folded header by tab", 400, get + "X: y\r\n\tz\r\n\r\n"),
                Arguments.of("a fold after the request line", 400, "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n"),
                Arguments.of("no colon", 400, get + "X\r\n\r\n"),
                Arguments.of("an empty name", 400, get + ": y\r\n\r\n"),
                Arguments.of("a name that is not a token", 400, get + "X(: y\r\n\r\n"),
                Arguments.of("a bare LF", 400, "GET / HTTP/1.1\nHost: a\n\n"),
                Arguments.of("a bare LF between headers", 400, get + "X: y\nZ: z\r\n\r\n"),
                Arguments.of("a bare CR in a value", 400, get + "X: y\rz\r\n\r\n"),
                Arguments.of("a bare CR in the request line", 400, "GET /\rHTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a NUL in a value", 400, get + "X: y\u0000z\r\n\r\n"),
                Arguments.of("a tab in the request line", 400, "GET\u000b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a long line", 414, "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("large headers", 431, get + ("X: " + "y".repeat(1000) + "\r\n").repeat(40) + "\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void rejectsMalformedHead(String what, int status, String bytes) throws Exception {
        int before = backend.requests.size();
        try (RawClient client = proxy.client()) {
            client.send(bytes);

            RawHttp.Message response = client.response();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosedCleanly()).as("closed").isTrue();
        }
        assertThat(backend.requests).hasSize(before);
    }

    static Stream<Arguments> malformedBodies() {
        return Stream.of(
                Arguments.of("a chunk size that is not a number", "xyz\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("an empty chunk size", "\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a signed chunk size", "+3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a hexadecimal prefix", "0x3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a chunk size beyond an int", "FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a chunk that is longer than its size", "3\r\nabcd\r\n0\r\n\r\n"),
                Arguments.of("a chunk that ends with LF", "3\r\nabc\n0\r\n\r\n"),
                Arguments.of("a size that ends with LF", "3\nabc\r\n0\r\n\r\n"),
                Arguments.of("a bare LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a trailer without a colon", "3\r\nabc\r\n0\r\nx\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedBodies")
    void rejectsMalformedBody(String what, String body) throws Exception {
        int ended = proxy.ended.size();
        try (RawBackend silent = RawBackend.scripted(peer -> peer.in().readAllBytes());
                ProxyFixture own = ProxyFixture.to(silent);
                RawClient client = own.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);

            assertThat(client.response().status()).isEqualTo(400);
            assertThat(client.isClosedCleanly()).isTrue();
            assertThat(own.awaitEnded(1).cause()).isEqualTo(EndCause.MALFORMED_REQUEST);
        }
        assertThat(proxy.ended).hasSize(ended);
    }

    @Test
    void ignoresInputAfterMalformedRequest() throws Exception {
        int before = backend.requests.size();
        try (RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(400);
            assertThat(client.isClosedCleanly()).isTrue();
        }
        assertThat(backend.requests).hasSize(before);
    }

    @Test
    void skipsEmptyLinesBeforeRequest() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    @Test
    void acceptsHeadByteByByte() throws Exception {
        try (RawClient client = proxy.client()) {
            for (char c : "GET /slow HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }

            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotReadUnframedBodyAsNextRequest() throws Exception {
        try (RawClient attacker = proxy.client();
                RawClient other = proxy.client()) {
            other.get("/before").response(); // leaves an idle connection to the backend
            attacker.send("GET /a HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n"
                    + "GET /own");
            assertThat(attacker.response().status()).isEqualTo(400);

            assertThat(other.get("/mine").response().status()).isEqualTo(200);
            assertThat(backend.requests.getLast().startLine()).isEqualTo("GET /mine HTTP/1.1");
        }
    }

    @Test
    void closesWithoutResetDespiteUnreadBody() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
                    .send(new byte[2 << 20]);

            assertThat(client.response().status()).isEqualTo(501);
            assertThat(client.isClosedCleanly()).as("closed without a reset").isTrue();
        }
    }

    @Test
    void prefersHostOfAbsoluteTarget() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("GET http://A.example:8080/p?q HTTP/1.1\r\nHost: b.example\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(backend.requests.getLast().startLine()).isEqualTo("GET /p?q HTTP/1.1");
            assertThat(backend.requests.getLast().header("host")).isEqualTo("A.example:8080");

            client.send("GET http://c.example HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(backend.requests.getLast().startLine()).isEqualTo("GET / HTTP/1.1");
            assertThat(backend.requests.getLast().header("host")).isEqualTo("c.example");
        }
    }
}
