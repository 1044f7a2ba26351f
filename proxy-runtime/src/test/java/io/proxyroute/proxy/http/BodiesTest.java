package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Framing of bodies on both sides (RFC 9112, sections 6 and 7). */
@ExtendWith(NoLeaks.class)
class BodiesTest {

    private static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\n";

    private static RawBackend responding(String response) {
        return RawBackend.responding(request -> response);
    }

    @Nested
    class RequestBodies {

        @Test
        void keepKnownLength() throws Exception {
            try (RawBackend backend =
                            RawBackend.responding(r -> RawBackend.ok(r.text().toUpperCase()));
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 5\r\n\r\nhello");

                assertThat(client.response().text()).isEqualTo("HELLO");
                assertThat(backend.requests.getFirst().header("content-length")).isEqualTo("5");
                assertThat(proxy.awaitEnded(1).requestBytes()).isEqualTo(5);
            }
        }

        @Test
        void keepLengthZero() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 0\r\n\r\n");

                assertThat(client.response().status()).isEqualTo(200);
                assertThat(backend.requests.getFirst().header("content-length")).isEqualTo("0");
            }
        }

        @Test
        void keepChunksAndTrailers() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                        + "3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 7\r\nConnection: close\r\n\r\n");

                assertThat(client.response().status()).isEqualTo(200);
                RawHttp.Message request = backend.requests.getFirst();
                assertThat(request.text()).isEqualTo("abcdefg");
                assertThat(request.header("transfer-encoding")).isEqualTo("chunked");
                assertThat(request.trailers()).containsExactly("X-Sum: 7");
                assertThat(client.get("/next").response().status()).isEqualTo(200);
            }
        }

        @Test
        void announceThatClientAcceptsTrailers() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers, deflate\r\nConnection: TE\r\n\r\n");

                assertThat(client.response().status()).isEqualTo(200);
                assertThat(backend.requests.getFirst().header("te")).isEqualTo("trailers");
                assertThat(backend.requests.getFirst().header("connection")).isEqualTo("te");
            }
        }

        @Test
        void dropUpgradeThatIsOptional() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("plain");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");

                assertThat(client.response().text()).isEqualTo("plain");
                assertThat(backend.requests.getFirst().header("upgrade")).isNull();
                assertThat(backend.requests.getFirst().header("connection")).isNull();
            }
        }

        @Test
        void refuseWebSocket() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("plain");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(
                        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n");

                RawHttp.Message response = client.response();
                assertThat(response.status()).isEqualTo(501);
                assertThat(response.text()).contains("UPGRADE_NOT_SUPPORTED");
                assertThat(backend.accepted()).isZero();
            }
        }
    }

    @Test
    void forwardsLargeBodiesInBothDirections() throws Exception {
        String big = "0123456789".repeat(300_000);
        try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(POST + "Content-Length: " + big.length() + "\r\n\r\n" + big);
                assertThat(client.response().text()).isEqualTo(big);
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Nested
    class ResponseBodies {

        @Test
        void keepChunksAndTrailers() throws Exception {
            try (RawBackend backend = responding("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();

                assertThat(response.text()).isEqualTo("abc");
                assertThat(response.trailers()).containsExactly("X-Sum: 3");
                assertThat(client.get("/").response().text()).isEqualTo("abc");
                assertThat(backend.accepted()).isEqualTo(1);
            }
        }

        @Test
        void areChunkedIfBackendEndsThemByClosing() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 1; i <= 3; i++) {
                    RawHttp.Message response = client.get("/").response();
                    assertThat(response.text()).isEqualTo("until the end");
                    assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
                    assertThat(backend.accepted()).isEqualTo(i);
                }
            }
        }

        @Test
        void areAbsentInResponsesToHead() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> r.startLine().startsWith("HEAD")
                            ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                            : RawBackend.ok("body"));
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                RawHttp.Message response = client.responseToHead();

                assertThat(response.header("content-length")).isEqualTo("1000");
                assertThat(client.get("/").response().text()).isEqualTo("body");
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.responseToHead().status()).isEqualTo(200);
                assertThat(client.get("/").response().text()).isEqualTo("body");
                assertThat(backend.accepted()).isEqualTo(1);
            }
        }

        @Test
        void mayBeAbsentWithoutDesynchronizingConnections() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> switch (r.target()) {
                        case "/204" -> "HTTP/1.1 204 No Content\r\n\r\n";
                        case "/304" -> "HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 77\r\n\r\n";
                        default -> RawBackend.ok("body");
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get("/204").response().status()).isEqualTo(204);
                    assertThat(client.get("/304").response().header("etag")).isEqualTo("x");
                    assertThat(client.get("/200").response().text()).isEqualTo("body");
                }
                assertThat(backend.accepted()).isEqualTo(1);
            }
        }
    }

    @Nested
    class Http10 {

        @Test
        void clientGetsNoChunksAndClosedConnection() throws Exception {
            try (RawBackend backend = responding("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

                RawHttp.Message response = client.response();
                assertThat(response.header("transfer-encoding")).isNull();
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(response.text()).isEqualTo("abc");
                assertThat(backend.requests.getFirst().startLine()).isEqualTo("GET / HTTP/1.1");
                assertThat(backend.requests.getFirst().headerValues("host")).hasSize(1);
            }
        }

        @Test
        void clientMayKeepConnectionAlive() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("abc");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                    RawHttp.Message response = client.response();
                    assertThat(response.text()).isEqualTo("abc");
                    assertThat(response.header("connection")).isEqualTo("keep-alive");
                }
                client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
                assertThat(client.response().header("connection")).isEqualTo("close");
                assertThat(client.isClosedCleanly()).isTrue();
            }
        }

        @Test
        void backendConnectionIsNotReused() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).isEqualTo("ok");
                assertThat(client.get("/").response().text()).isEqualTo("ok");

                assertThat(backend.accepted()).isEqualTo(2);
            }
        }
    }

    @Nested
    class InterimResponses {

        @Test
        void areForwardedInOrder() throws Exception {
            try (RawBackend backend = responding("HTTP/1.1 102 Processing\r\n\r\n"
                            + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawBackend.ok("done"));
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    client.get("/");
                    assertThat(RawHttp.head(client.in()).status()).isEqualTo(102);
                    RawHttp.Message hints = RawHttp.head(client.in());
                    assertThat(hints.status()).isEqualTo(103);
                    assertThat(hints.header("link")).isEqualTo("</a>");
                    assertThat(client.response().text()).isEqualTo("done");
                }
            }
        }

        @Test
        void comeFromBackendOnExpectContinue() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        RawHttp.Message head = peer.head();
                        assertThat(head.header("expect")).isEqualTo("100-continue");
                        peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                        String body = new String(peer.in().readNBytes(5));
                        peer.send(RawBackend.ok("got " + body));
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
                assertThat(RawHttp.head(client.in()).status()).isEqualTo(100);
                client.send("hello");

                assertThat(client.response().text()).isEqualTo("got hello");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "HTTP/1.1 103 Early Hints\r\n\r\n"})
        void areAbsentOnRejectedExpectationWhichClosesConnection(String before) throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        peer.send(before + "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");

                RawHttp.Message response = client.response();
                assertThat(response.status()).isEqualTo(417);
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(client.isClosedCleanly()).isTrue();
            }
        }
    }

    @Nested
    class EarlyResponses {

        @Test
        void reachClientThatIsStillSending() throws Exception {
            CountDownLatch responseRead = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
                        responseRead.await();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 100000\r\n\r\n" + "x".repeat(1000));

                RawHttp.Message response = client.response();
                responseRead.countDown();
                assertThat(response.status()).isEqualTo(413);
                assertThat(response.text()).isEqualTo("big");
                client.send("y".repeat(99_000));
                // The proxy discards the rest of the body and keeps the connection.
                RawHttp.Message next = client.get("/").response();
                assertThat(next.status()).isEqualTo(413);
            }
        }

        @Test
        void reachClientThatReadsOnlyAfterSending() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                proxy.rules().apply();
                client.send(POST + "Content-Length: 100000000\r\n\r\n");
                AtomicInteger pieces = new AtomicInteger();
                await().pollInterval(Duration.ofMillis(200))
                        .until(
                                () -> { // longer than two intervals of lingering
                                    client.send(new byte[200]);
                                    return pieces.incrementAndGet() == 28;
                                });
                assertThat(client.response().status()).isEqualTo(404);
            }
        }

        @Test
        void endConnectionOfClientThatStopsSending() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                proxy.rules().apply();
                client.send(POST + "Content-Length: 100000000\r\n\r\nabc");
                assertThat(client.response().status()).isEqualTo(404);
                await().until(() -> proxy.frontend().counts().connections() == 0);
            }
        }

        @Test
        void surviveBackendThatClosesBeforeReadingBody() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        peer.send(
                                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
                        peer.socket().shutdownOutput();
                        peer.in().readNBytes(100_000); // closing with unread input then causes a reset
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                Thread sender = Thread.ofVirtual().start(() -> {
                    try {
                        client.send(POST + "Content-Length: 50000000\r\n\r\n");
                        for (int i = 0; i < 50; i++) {
                            client.send(new byte[1_000_000]);
                        }
                    } catch (java.io.IOException e) {
                        // The proxy stopped reading, which it may.
                    }
                });
                RawHttp.Message response = client.response();
                assertThat(response.status()).isEqualTo(413);
                assertThat(response.text()).isEqualTo("big");
                client.close();
                sender.join();
            }
        }
    }
}
