package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.socket.DuplexChannel;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the proxy retries an attempt, and when it must not. */
@ExtendWith(NoLeaks.class)
class RetriesTest {

    private static final String BUSY = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

    private static Endpoint refusing() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Endpoint("127.0.0.1", socket.getLocalPort());
        }
    }

    private static Rule retrying(int attempts, int budgetPercent, Integer... codes) {
        return new Rule(
                "retrying",
                null,
                null,
                List.of(new BackendRef("b", 1)),
                null,
                new Retry(attempts, List.of(codes), Duration.ofMillis(20), budgetPercent));
    }

    /** Serves one request on each connection and resets it when the next one starts to arrive. */
    private static RawBackend resettingOnReuse(AtomicInteger served) {
        return RawBackend.scripted(peer -> {
            peer.request();
            served.incrementAndGet();
            peer.send(RawBackend.ok("once"));
            peer.in().read(); // the first byte of the next request
            peer.reset();
        });
    }

    @Nested
    class ReusedConnection {

        @Test
        void isReplacedIfBackendClosesIt() throws Exception {
            AtomicInteger served = new AtomicInteger();
            try (RawBackend backend = resettingOnReuse(served);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(client.get("/").response().text()).isEqualTo("once");
                }
                assertThat(served.get()).isEqualTo(20);
                assertThat(proxy.awaitEnded(20).attempts()).isEqualTo(2);
            }
        }

        @Test
        void isNotReplacedForUnsafeMethod() throws Exception {
            AtomicInteger served = new AtomicInteger();
            try (RawBackend backend = resettingOnReuse(served);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(200);
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

                RawHttp.Message response = client.response();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.text()).contains("BACKEND_RESET");
            }
        }
    }

    @Nested
    class Endpoints {

        @Test
        void areNotRetriedIfNewConnectionCloses() throws Exception {
            try (RawBackend backend = RawBackend.scripted(RawBackend.Peer::request);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(502);
                assertThat(backend.requests).hasSize(1);
            }
        }

        @Test
        void areSkippedIfTheyRefuseConnections() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", refusing(), backend.endpoint(), refusing())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 20; i++) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
                    assertThat(client.response().status()).isEqualTo(200);
                }
            }
        }

        @Test
        void areEjectedIfTheyRefuseConnections() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(2)
                            .backend("b", refusing(), refusing(), backend.endpoint(), refusing())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply()) {
                for (int i = 0; i < 10; i++) {
                    try (RawClient client = proxy.client()) {
                        for (int j = 0; j < 10; j++) {
                            assertThat(client.get("/").response().status()).isEqualTo(200);
                        }
                    }
                }
            }
        }

        @ParameterizedTest
        @CsvSource({"1", "2"})
        void areNotRetriedIfTheyHaveJustFailed(int loops) throws Exception {
            try (RawBackend busy = RawBackend.responding(_ -> BUSY);
                    RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(loops)
                            .backend("b", busy.endpoint(), backend.endpoint())
                            .rule(retrying(1, 100, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 30; i++) {
                    assertThat(client.get("/").response().status()).isEqualTo(200);
                }
                assertThat(busy.requests)
                        .as("requests to the endpoint that fails")
                        .isNotEmpty();
            }
        }

        @Test
        void areRetriedAfterFailedConnectsWithoutUsingUpAttempts() throws Exception {
            Endpoint refusing = refusing();
            try (ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", refusing)
                            .rule(retrying(1, 100))
                            .apply();
                    RawClient client = proxy.client()) {
                client.get("/");
                await().until(() -> proxy.ledger().summary().openRecords() == 1);
                try (RawBackend backend = RawBackend.respondingWith(refusing.port(), "x")) {
                    assertThat(client.response().status()).isEqualTo(200);
                    assertThat(backend.requests).hasSize(1);
                }
            }
        }

        @Test
        void cause502IfAllRefuseConnections() throws Exception {
            try (ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", refusing(), refusing())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).contains("CONNECT_FAILED");
                assertThat(proxy.pools().connections()).isZero();
            }
        }

        @Test
        void cause502IfNameCannotBeResolved() throws Exception {
            try (ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", new Endpoint("no-such-host.invalid", 80))
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.text()).contains("DNS_FAILED");
                assertThat(proxy.usage("b").acquireTimeoutsTotal()).isZero();
            }
        }

        @Test
        void cause504IfNoneAcceptsConnectionInTime() throws Exception {
            // Linux drops SYNs while the queue of accepted connections is full.
            try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
                    Socket second = new Socket(full.getInetAddress(), full.getLocalPort());
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", new Endpoint("127.0.0.1", full.getLocalPort()))
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();
                assertThat(response.status()).isEqualTo(504);
                assertThat(response.text()).contains("CONNECT_TIMEOUT");
                assertThat(proxy.usage("b").acquireTimeoutsTotal()).isZero();
            }
        }

        @Test
        void cause503IfThereAreNone() throws Exception {
            try (ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b")
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.text()).contains("NO_ENDPOINT");
            }
        }
    }

    @Nested
    class RetryPolicy {

        @Test
        void retriesListedStatus() throws Exception {
            AtomicInteger count = new AtomicInteger();
            try (RawBackend backend =
                            RawBackend.responding(r -> count.incrementAndGet() < 3 ? BUSY : RawBackend.ok("at last"));
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(2, 20, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();

                assertThat(response.text()).isEqualTo("at last");
                assertThat(proxy.awaitEnded(1).attempts()).isEqualTo(3);
            }
        }

        @Test
        void forwardsLastResponseWhenAttemptsAreUsedUp() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> BUSY);
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(2, 20, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).isEqualTo("busy");
                assertThat(proxy.awaitEnded(1).attempts()).isEqualTo(3);
                assertThat(proxy.frontend().counts().backendErrorsTotal()).isEqualTo(1);
                assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
            }
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "a request whose body was streamed, PUT, 200000, 5, 100",
            "an unsafe method, POST, 3, 5, 100",
            "a policy without budget, GET, 0, 1, 0"
        })
        void doesNotRetry(String what, String method, int bodyBytes, int attempts, int budgetPercent) throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> BUSY);
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(attempts, budgetPercent, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                client.send(method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bodyBytes + "\r\n\r\n"
                        + "x".repeat(bodyBytes));

                assertThat(client.response().status()).isEqualTo(503);
                assertThat(backend.requests).hasSize(1);
            }
        }

        @Test
        void repeatsBodyThatWasGathered() throws Exception {
            AtomicInteger served = new AtomicInteger();
            try (RawBackend backend = RawBackend.responding(
                            request -> served.incrementAndGet() < 3 ? BUSY : RawBackend.ok(request.text()));
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(2, 100, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

                assertThat(client.response().text()).isEqualTo("abc");
                assertThat(backend.requests).hasSize(3);
            }
        }

        @Test
        void doesNotRetryAfterInterimResponse() throws Exception {
            try (RawBackend backend =
                            RawBackend.responding(r -> "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + BUSY);
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(5, 100, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(503);
                assertThat(backend.requests).hasSize(1);
            }
        }

        @Test
        void doesNotRetryCutResponse() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    });
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(5, 100, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                client.get("/");

                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.RESPONSE_CUT);
                assertThat(backend.requests).hasSize(1);
            }
        }

        @Test
        void doesNotRetryForHalfClosedClient() throws Exception {
            CountDownLatch halfClosed = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.responding(r -> {
                        halfClosed.await();
                        return BUSY;
                    });
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(5, 100, 503))
                            .apply();
                    RawClient client = proxy.client()) {
                client.get("/").socket().shutdownOutput();
                await().until(() -> ((DuplexChannel) proxy.accepted.getFirst()).isInputShutdown());
                halfClosed.countDown();

                assertThat(client.response().status()).isEqualTo(503);
                assertThat(backend.requests).hasSize(1);
            }
        }

        @Test
        void retriesFailedConnectionForUnsafeMethod() throws Exception {
            Rule patient = new Rule(
                    "patient",
                    null,
                    null,
                    List.of(new BackendRef("b", 1)),
                    null,
                    new Retry(5, List.of(), Duration.ofMillis(200), 100));
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", refusing())
                            .rule(patient)
                            .apply();
                    RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
                // The first attempt has most likely failed by then. If not, the test passes without covering it.
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                proxy.backend("b", backend.endpoint());

                assertThat(client.response().status()).isEqualTo(200);
                assertThat(proxy.awaitEnded(1).attempts()).isEqualTo(1);
            }
        }

        @Test
        void retriesResetOnlyForIdempotentMethod() throws Exception {
            AtomicInteger count = new AtomicInteger();
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        if (count.incrementAndGet() % 2 == 0) {
                            peer.send(RawBackend.ok("second"));
                            peer.socket().shutdownOutput();
                        }
                    });
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(1, 100))
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).isEqualTo("second");
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
                assertThat(client.response().text()).contains("BACKEND_RESET");
            }
        }

        @Test
        void retriesTimedOutAttemptWithinRequestTimeout() throws Exception {
            AtomicInteger count = new AtomicInteger();
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        if (count.incrementAndGet() > 1) {
                            peer.send(RawBackend.ok("second"));
                        }
                        peer.in().read();
                    });
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(1, 100))
                            .timeouts(5000, 200, 60_000, 0)
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).isEqualTo("second");
            }
        }

        @Test
        void staysWithinBudget() throws Exception {
            int all = 10;
            CountDownLatch allHaveAsked = new CountDownLatch(all);
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger count = new AtomicInteger();
            List<RawClient> clients = new ArrayList<>();
            try (RawBackend backend = RawBackend.responding(r -> {
                        if (count.incrementAndGet() <= all) {
                            allHaveAsked.countDown();
                            allHaveAsked.await();
                            return BUSY;
                        }
                        go.await(); // keeps the retries in flight
                        return RawBackend.ok("again");
                    });
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(retrying(1, 20, 503))
                            .apply()) {
                for (int i = 0; i < all; i++) {
                    clients.add(proxy.client().get("/"));
                }
                proxy.awaitEnded(all - 2);
                await().until(() -> count.get() == all + 2);
                go.countDown();

                int again = 0;
                for (RawClient client : clients) {
                    try (client) {
                        again += client.response().text().equals("again") ? 1 : 0;
                    }
                }
                assertThat(again).as("a fifth of ten in flight").isEqualTo(2);
                assertThat(backend.requests).hasSize(all + 2);
            }
        }
    }
}
