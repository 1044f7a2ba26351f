package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.pool.Pools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first bytes of a request's body are gathered before a connection is acquired. */
@ExtendWith(NoLeaks.class)
class BodyGatheringTest {

    /** Serves one request on each connection and resets it when the next one starts to arrive. */
    private static RawBackend resettingOnReuse(AtomicInteger served) {
        return RawBackend.scripted(peer -> {
            RawHttp.Message request = peer.request();
            served.incrementAndGet();
            peer.send(RawBackend.ok(request.text()));
            peer.in().read(); // the first byte of the next request
            peer.reset();
        });
    }

    @Nested
    class SlowClients {

        @Test
        void holdNoConnectionWhileShortBodyArrives() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient slow = proxy.client()) {
                slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
                await().until(() -> proxy.ledger().summary().heldBuffers() == 1);
                assertThat(proxy.pools().connections()).isZero();

                slow.send("abc");
                assertThat(slow.response().status()).isEqualTo(200);
                assertThat(backend.requests).singleElement().satisfies(request -> assertThat(request.text())
                        .isEqualTo("abc"));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"Content-Length: 100000", "Transfer-Encoding: chunked"})
        void holdAtMostHalfOfBackendsConnections(String framing) throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(2)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .pool(Pools.of(20, 4, 100, 10_000))
                            .apply()) {
                List<RawClient> slow = new ArrayList<>();
                try {
                    for (int i = 0; i < 10; i++) {
                        RawClient client = proxy.client();
                        slow.add(client);
                        client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
                        client.send(framing.endsWith("chunked") ? "1\r\na\r\n" : "a");
                    }
                    await().until(() -> proxy.pools().usage().getFirst().active() == 2);
                    for (int i = 0; i < 20; i++) {
                        try (RawClient client = proxy.client()) {
                            assertThat(client.get("/").response().status()).isEqualTo(200);
                        }
                    }
                    assertThat(proxy.pools().usage().getFirst().active()).isEqualTo(2);
                } finally {
                    for (RawClient client : slow) {
                        client.close();
                    }
                }
            }
        }

        @Test
        void get408BelowMinimumRate() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient slow = proxy.client()) {
                slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n");
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            slow.send("a");
                            return slow.in().available() > 0;
                        });
                RawHttp.Message response = slow.response();
                assertThat(response.status()).isEqualTo(408);
                assertThat(response.text()).contains("CLIENT_SLOW");
            }
        }

        @Test
        void passTheirTurnOnWhenBodyIsComplete() throws Exception {
            String chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n";
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .pool(Pools.of(2, 2, 100, 10_000))
                            .apply();
                    RawClient one = proxy.client();
                    RawClient two = proxy.client()) {
                one.send(chunks);
                await().until(() -> proxy.pools().usage().getFirst().active() == 1);
                two.send(chunks + "0\r\n\r\n".substring(0, 3));
                one.send("0\r\n\r\n");
                assertThat(one.response().status()).isEqualTo(200);
                two.send("0\r\n\r\n".substring(3));
                assertThat(two.response().status()).isEqualTo(200);
            }
        }
    }

    @Nested
    class Replay {

        @ParameterizedTest
        @ValueSource(strings = {"PUT", "DELETE"})
        void repeatsIdempotentRequestIfBackendClosesReusedConnection(String method) throws Exception {
            AtomicInteger served = new AtomicInteger();
            try (RawBackend backend = resettingOnReuse(served);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 20; i++) {
                    client.send(method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nbody" + (10 + i));
                    RawHttp.Message response = client.response();
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.text()).isEqualTo("body" + (10 + i));
                }
                assertThat(served.get()).isEqualTo(20);
            }
        }

        @Test
        void repeatsChunkedBodyWithTrailers() throws Exception {
            AtomicInteger served = new AtomicInteger();
            try (RawBackend backend = resettingOnReuse(served);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 5; i++) {
                    client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n"
                            + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");
                    assertThat(client.response().text()).isEqualTo("abcde");
                }
            }
        }

        @Test
        void doesNotRepeatPost() throws Exception {
            try (RawBackend backend = resettingOnReuse(new AtomicInteger());
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
                client.send(post);
                assertThat(client.response().status()).isEqualTo(200);
                client.send(post);
                assertThat(client.response().status()).isEqualTo(502);
            }
        }

        @Test
        void doesNotRepeatBodyThatIsStreamed() throws Exception {
            try (RawBackend backend = resettingOnReuse(new AtomicInteger());
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(200);
                String put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
                client.send(put + "x".repeat(200_000));
                assertThat(client.response().status()).isEqualTo(502);
            }
        }
    }

    @Nested
    class NotGathered {

        @Test
        void grpcRequestIsStreamedFromTheStart() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        peer.send(RawBackend.ok("done"));
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Type: application/grpc+proto\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("done");
            }
        }
    }
}
