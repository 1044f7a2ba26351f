package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When an attempt is made again, and when it must not be. */
@ExtendWith(NoLeaks.class)
class RetriesTest {

    private static Endpoint nobody() throws Exception {
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

    /** Serves one request on each connection, then closes it just when the next one comes. */
    private static RawBackend closingAtReuse(AtomicInteger served) {
        return RawBackend.scripted(peer -> {
            peer.request();
            served.incrementAndGet();
            peer.send(RawBackend.ok("once"));
            peer.in().read(); // the first byte of the next request
            peer.reset();
        });
    }

    @Test
    void aConnectionClosedAtItsReuseIsReplaced() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (RawBackend backend = closingAtReuse(served);
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/").answer().text()).isEqualTo("once");
            }
            assertThat(served.get()).isEqualTo(20);
            assertThat(proxy.awaitEnded(20).attempts()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionClosedAtItsReuseIsNotReplacedWhereThatIsNotSafe() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (RawBackend backend = closingAtReuse(served);
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

            Http.Message answer = client.answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("BACKEND_RESET");
        }
    }

    @Test
    void aFreshConnectionThatIsClosedIsNotTriedAgain() throws Exception {
        try (RawBackend backend = RawBackend.scripted(RawBackend.Peer::request);
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
            assertThat(backend.requests).hasSize(1);
        }
    }

    @Test
    void anEndpointThatRefusesIsPassedOver() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = new Fixture(1)
                        .backend("b", nobody(), backend.endpoint(), nobody())
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aBackendThatNobodyServesIsA502() throws Exception {
        try (Fixture proxy = new Fixture(1)
                        .backend("b", nobody(), nobody())
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).contains("CONNECT_FAILED");
            assertThat(proxy.pools().connections()).isZero();
        }
    }

    @Test
    void aBackendWithoutEndpointsIsA503() throws Exception {
        try (Fixture proxy = new Fixture(1)
                        .backend("b")
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            Http.Message answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("NO_ENDPOINT");
        }
    }

    @Test
    void anAnswerOfARetriedCodeIsAskedForAgain() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (RawBackend backend = RawBackend.answering(r -> count.incrementAndGet() < 3
                        ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
                        : RawBackend.ok("at last"));
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(2, 20, 503))
                        .apply();
                RawClient client = proxy.client()) {
            Http.Message answer = client.get("/").answer();

            assertThat(answer.text()).isEqualTo("at last");
            assertThat(proxy.awaitEnded(1).attempts()).isEqualTo(3);
        }
    }

    @Test
    void theLastAnswerGoesThroughWhenTheAttemptsAreSpent() throws Exception {
        try (RawBackend backend =
                        RawBackend.answering(r -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(2, 20, 503))
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).isEqualTo("busy");
            assertThat(proxy.awaitEnded(1).attempts()).isEqualTo(3);
            assertThat(proxy.frontend().counts().backendErrorsTotal()).isEqualTo(1);
            assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
        }
    }

    @Test
    void aRequestWhoseBodyHasGoneOutIsNotSentAgain() throws Exception {
        try (RawBackend backend =
                        RawBackend.answering(r -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(5, 100, 503))
                        .apply();
                RawClient client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(backend.requests).hasSize(1);
        }
    }

    @Test
    void anAnswerToARequestThatMustNotBeMadeTwiceIsNotAskedForAgain() throws Exception {
        try (RawBackend backend =
                        RawBackend.answering(r -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(5, 100, 503))
                        .apply();
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(503);
            assertThat(backend.requests).hasSize(1);
        }
    }

    @Test
    void aResetIsRetriedForIdempotentRequestsOnly() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    if (count.incrementAndGet() % 2 == 0) {
                        peer.send(RawBackend.ok("second"));
                        peer.socket().shutdownOutput();
                    }
                });
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(1, 100))
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).isEqualTo("second");
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.answer().text()).contains("BACKEND_RESET");
        }
    }

    @Test
    void aTimedOutAttemptIsRetriedWithinTheRequestsTime() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    if (count.incrementAndGet() > 1) {
                        peer.send(RawBackend.ok("second"));
                    }
                    peer.in().read();
                });
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(1, 100))
                        .timeouts(5000, 200, 60_000, 0)
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).isEqualTo("second");
        }
    }

    @Test
    void aBudgetOfNothingAllowsNoRetry() throws Exception {
        try (RawBackend backend =
                        RawBackend.answering(r -> "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(retrying(1, 0, 503))
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().status()).isEqualTo(503);
            assertThat(backend.requests).hasSize(1);
        }
    }

    @Test
    void retriesStayWithinTheirBudget() throws Exception {
        int all = 10;
        CountDownLatch everybodyHasAsked = new CountDownLatch(all);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        List<RawClient> clients = new ArrayList<>();
        try (RawBackend backend = RawBackend.answering(r -> {
                    if (count.incrementAndGet() <= all) {
                        everybodyHasAsked.countDown();
                        everybodyHasAsked.await();
                        return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";
                    }
                    go.await(); // so that the retries stay in flight
                    return RawBackend.ok("again");
                });
                Fixture proxy = new Fixture(1)
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
                    again += client.answer().text().equals("again") ? 1 : 0;
                }
            }
            assertThat(again).as("a fifth of ten in flight").isEqualTo(2);
            assertThat(backend.requests).hasSize(all + 2);
        }
    }
}
