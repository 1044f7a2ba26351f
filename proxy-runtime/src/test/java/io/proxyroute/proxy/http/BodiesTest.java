package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Framing of bodies on both sides (RFC 9112, sections 6 and 7). */
@ExtendWith(NoLeaks.class)
class BodiesTest {

    private static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\n";

    private static RawBackend answers(String answer) {
        return RawBackend.answering(request -> answer);
    }

    @Test
    void aBodyOfKnownLengthGoesThrough() throws Exception {
        try (RawBackend backend =
                        RawBackend.answering(r -> RawBackend.ok(r.text().toUpperCase()));
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Content-Length: 5\r\n\r\nhello");

            assertThat(client.answer().text()).isEqualTo("HELLO");
            assertThat(backend.requests.getFirst().header("content-length")).isEqualTo("5");
            assertThat(proxy.awaitEnded(1).requestBytes()).isEqualTo(5);
        }
    }

    @Test
    void aLargeBodyGoesThroughBothWays() throws Exception {
        String big = "0123456789".repeat(300_000);
        try (RawBackend backend = RawBackend.answering(r -> RawBackend.ok(r.text()));
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(POST + "Content-Length: " + big.length() + "\r\n\r\n" + big);
                assertThat(client.answer().text()).isEqualTo(big);
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void aBodyOfLengthZeroKeepsItsHeader() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Content-Length: 0\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(backend.requests.getFirst().header("content-length")).isEqualTo("0");
        }
    }

    @Test
    void chunksAndTrailersGoThroughToTheBackend() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                    + "3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 7\r\nConnection: close\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(200);
            Http.Message request = backend.requests.getFirst();
            assertThat(request.text()).isEqualTo("abcdefg");
            assertThat(request.header("transfer-encoding")).isEqualTo("chunked");
            assertThat(request.trailers()).containsExactly("X-Sum: 7");
            assertThat(client.get("/next").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void chunksAndTrailersGoThroughToTheClient() throws Exception {
        try (RawBackend backend = answers(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            Http.Message answer = client.get("/").answer();

            assertThat(answer.text()).isEqualTo("abc");
            assertThat(answer.trailers()).containsExactly("X-Sum: 3");
            assertThat(client.get("/").answer().text()).isEqualTo("abc");
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void aClientThatTakesTrailersSaysSoToTheBackend() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers, deflate\r\nConnection: TE\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(backend.requests.getFirst().header("te")).isEqualTo("trailers");
            assertThat(backend.requests.getFirst().header("connection")).isEqualTo("te");
        }
    }

    @Test
    void anAnswerThatEndsWithTheConnectionIsChunkedForTheClient() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 1; i <= 3; i++) {
                Http.Message answer = client.get("/").answer();
                assertThat(answer.text()).isEqualTo("until the end");
                assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
                assertThat(backend.accepted()).isEqualTo(i);
            }
        }
    }

    @Test
    void anHttp10ClientGetsNoChunksAndAClosedConnection() throws Exception {
        try (RawBackend backend = answers(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            Http.Message answer = client.answer();
            assertThat(answer.header("transfer-encoding")).isNull();
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.text()).isEqualTo("abc");
            assertThat(backend.requests.getFirst().first()).isEqualTo("GET / HTTP/1.1");
            assertThat(backend.requests.getFirst().all("host")).hasSize(1);
        }
    }

    @Test
    void anHttp10ClientMayKeepItsConnection() throws Exception {
        try (RawBackend backend = RawBackend.saying("abc");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                Http.Message answer = client.answer();
                assertThat(answer.text()).isEqualTo("abc");
                assertThat(answer.header("connection")).isEqualTo("keep-alive");
            }
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            assertThat(client.answer().header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anHttp10BackendIsNotReused() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).isEqualTo("ok");
            assertThat(client.get("/").answer().text()).isEqualTo("ok");

            assertThat(backend.accepted()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerToHeadHasNoBody() throws Exception {
        try (RawBackend backend = RawBackend.answering(r -> r.first().startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                        : RawBackend.ok("body"));
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            Http.Message answer = client.answerToHead();

            assertThat(answer.header("content-length")).isEqualTo("1000");
            assertThat(client.get("/").answer().text()).isEqualTo("body");
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answerToHead().status()).isEqualTo(200);
            assertThat(client.get("/").answer().text()).isEqualTo("body");
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void answersWithoutABodyLeaveTheConnectionsInStep() throws Exception {
        try (RawBackend backend = RawBackend.answering(r -> switch (r.target()) {
                    case "/204" -> "HTTP/1.1 204 No Content\r\n\r\n";
                    case "/304" -> "HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 77\r\n\r\n";
                    default -> RawBackend.ok("body");
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/204").answer().status()).isEqualTo(204);
                assertThat(client.get("/304").answer().header("etag")).isEqualTo("x");
                assertThat(client.get("/200").answer().text()).isEqualTo("body");
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void interimAnswersGoThroughInOrder() throws Exception {
        try (RawBackend backend = answers("HTTP/1.1 102 Processing\r\n\r\n"
                        + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawBackend.ok("done"));
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.get("/");
                assertThat(Http.head(client.in()).status()).isEqualTo(102);
                Http.Message hints = Http.head(client.in());
                assertThat(hints.status()).isEqualTo(103);
                assertThat(hints.header("link")).isEqualTo("</a>");
                assertThat(client.answer().text()).isEqualTo("done");
            }
        }
    }

    @Test
    void expectContinueIsDecidedByTheBackend() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    Http.Message head = peer.head();
                    assertThat(head.header("expect")).isEqualTo("100-continue");
                    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                    String body = new String(peer.in().readNBytes(5));
                    peer.send(RawBackend.ok("got " + body));
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(Http.head(client.in()).status()).isEqualTo(100);
            client.send("hello");

            assertThat(client.answer().text()).isEqualTo("got hello");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 103 Early Hints\r\n\r\n"})
    void aRefusedExpectationClosesTheConnectionSinceTheBodyIsInDoubt(String before) throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    peer.send(before + "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");

            Http.Message answer = client.answer();
            assertThat(answer.status()).isEqualTo(417);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anUpgradeIsNotAskedFor() throws Exception {
        try (RawBackend backend = RawBackend.saying("plain");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

            assertThat(client.answer().text()).isEqualTo("plain");
            assertThat(backend.requests.getFirst().header("upgrade")).isNull();
            assertThat(backend.requests.getFirst().header("connection")).isNull();
        }
    }

    @Test
    void anEarlyAnswerReachesTheClientWhileItStillSends() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    answered.await();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(POST + "Content-Length: 100000\r\n\r\n" + "x".repeat(1000));

            Http.Message answer = client.answer();
            answered.countDown();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).isEqualTo("big");
            client.send("y".repeat(99_000));
            // The rest is read and thrown away, and the connection lives on.
            Http.Message next = client.get("/").answer();
            assertThat(next.status()).isEqualTo(413);
        }
    }

    @Test
    void anAnswerSentBeforeTheBackendClosedOnTheBodyIsNotLost() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
                    peer.socket().shutdownOutput();
                    peer.in().readNBytes(100_000); // then closes with unread input: a reset
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(POST + "Content-Length: 50000000\r\n\r\n");
                    for (int i = 0; i < 50; i++) {
                        client.send(new byte[1_000_000]);
                    }
                } catch (java.io.IOException e) {
                    // the proxy stopped reading: as it may
                }
            });
            Http.Message answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).isEqualTo("big");
            client.close();
            sender.join();
        }
    }
}
