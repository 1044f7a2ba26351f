package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A malformed response costs its own client a 502 or a cut response, and affects no other client. */
@ExtendWith(NoLeaks.class)
class MalformedResponseTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("garbage", "rubbish\r\n\r\n"),
                Arguments.of("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"),
                Arguments.of("no status", "HTTP/1.1\r\n\r\n"),
                Arguments.of("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
                Arguments.of("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
                Arguments.of(
                        "an upgrade that the client did not request",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
                Arguments.of(
                        "an upgrade with a body without framing",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nSec-WebSocket-Origin: a\r\n"
                                + "Sec-WebSocket-Location: b\r\n\r\n0123456789abcdef"),
                Arguments.of(
                        "both lengths",
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                Arguments.of("an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
                Arguments.of("a bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                Arguments.of("a NUL in a value", "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("a blank in a header name", "HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("a header name without colon", "HTTP/1.1 200 OK\r\nX Y\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("a malformed first chunk", CHUNKED + "xyz\r\n"),
                Arguments.of("a malformed second chunk", CHUNKED + "3\r\nabc\r\nxyz\r\n"),
                Arguments.of("a chunk longer than its size", CHUNKED + "1\r\nabc\r\n0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void responds502ToMalformedResponse(String what, String response) throws Exception {
        try (RawBackend backend =
                        RawBackend.responding(r -> r.target().equals("/bad") ? response : RawBackend.ok("good"));
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            RawHttp.Message rejected = client.get("/bad").response();
            assertThat(rejected.status()).isEqualTo(502);
            assertThat(rejected.text())
                    .contains("MALFORMED_RESPONSE")
                    .contains(proxy.awaitEnded(1).traceId());
            assertThat(client.get("/good").response().text()).isEqualTo("good");
            await().until(() -> backend.open() == 1);
            assertThat(proxy.frontend().counts().proxyErrorsTotal()).isEqualTo(1);
            assertThat(proxy.frontend().counts().proxyFaultsTotal()).isZero();
        }
    }

    @Test
    void cutResponseIsVisibleToClient() throws Exception {
        for (String start :
                new String[] {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", CHUNKED + "3\r\nabc\r\n"}) {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send(start);
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.get("/");
                assertThatThrownBy(client::response).isInstanceOf(java.io.IOException.class);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.RESPONSE_CUT);
                assertThat(proxy.frontend().counts().proxyErrorsTotal()).isEqualTo(1);
            }
        }
    }

    @Test
    void malformedChunkCutsResponseThatHasStarted() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send(CHUNKED + "3\r\nabc\r\n");
                    started.await();
                    peer.send("xyz\r\n");
                });
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            client.get("/");
            assertThat(RawHttp.head(client.in()).status()).isEqualTo(200);
            started.countDown();
            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.RESPONSE_CUT);
        }
    }

    @Test
    void responds502ToLargeHeaders() throws Exception {
        try (RawBackend backend =
                        RawBackend.responding(r -> "HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000) + "\r\n\r\n");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            RawHttp.Message response = client.get("/").response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("RESPONSE_HEADERS_TOO_LARGE");
        }
    }

    @Test
    void forwardsLargeBodyThatArrivesWithHead() throws Exception {
        String body = "x".repeat(300_000);
        try (RawBackend backend = RawBackend.respondingWith(body);
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            assertThat(client.get("/").response().text()).isEqualTo(body);
            assertThat(client.get("/").response().text()).isEqualTo(body);
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void resetDoesNotCompleteResponse() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the");
                    seen.await();
                    peer.reset();
                });
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            client.get("/");
            assertThat(RawHttp.head(client.in()).status()).isEqualTo(200);
            seen.countDown();

            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.RESPONSE_CUT);
            assertThatThrownBy(client.in()::readAllBytes).isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void unsolicitedResponseIsNotGivenToNextRequest() throws Exception {
        try (RawBackend backend = RawBackend.responding(r -> r.target().equals("/two")
                        ? RawBackend.ok("mine") + RawBackend.ok("poison")
                        : RawBackend.ok("clean"));
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            assertThat(client.get("/two").response().text()).isEqualTo("mine");
            assertThat(client.get("/one").response().text()).isEqualTo("clean");
            assertThat(backend.accepted()).isEqualTo(2);
        }
    }

    @Test
    void unsolicitedResponseIsNotGivenToWaitingRequest() throws Exception {
        try (RawBackend backend = RawBackend.responding(r -> r.target().equals("/two")
                        ? RawBackend.ok("mine") + RawBackend.ok("poison")
                        : RawBackend.ok("clean"));
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                client.get("/two").get("/one");
                assertThat(client.response().text()).isEqualTo("mine");
                assertThat(client.response().text()).isEqualTo("clean");
            }
        }
    }
}
