package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An exchange that no time of its own rules does not hold its connection for ever. */
@ExtendWith(NoLeaks.class)
class AbandonedLeaseTest {

    private static ConnectionPool abandonedAfter(long millis) {
        ConnectionPool usual = ConnectionPool.DEFAULT;
        return new ConnectionPool(
                usual.maxConnections(),
                usual.maxConnectionsPerBackend(),
                usual.maxPendingAcquires(),
                usual.acquireTimeout(),
                usual.connectTimeout(),
                usual.keepAlive(),
                usual.maxLifetime(),
                Duration.ZERO,
                Duration.ofMillis(millis));
    }

    private static RawBackend hangingAfter(String beginning) {
        return RawBackend.scripted(peer -> {
            peer.head();
            peer.send(beginning);
            peer.in().readAllBytes();
        });
    }

    private static void awaitAbandoned(Fixture proxy) {
        await().untilAsserted(
                        () -> assertThat(proxy.usage("b").abandonedTotal()).isEqualTo(1));
    }

    @Test
    void aBackendThatHangsInMidAnswerIsLeft() throws Exception {
        try (RawBackend backend = hangingAfter("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                Fixture proxy = Fixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");

                assertThat(Http.head(client.in()).status()).isEqualTo(200);
                awaitAbandoned(proxy);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_IDLE);
                assertThat(proxy.usage("b").active()).isZero();
            }
        }
    }

    @Test
    void aBackendThatNeverAnswersIsLeft() throws Exception {
        try (RawBackend backend = hangingAfter("");
                Fixture proxy = Fixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                Http.Message answer = client.get("/").answer();

                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.text()).contains("BACKEND_TIMEOUT");
                awaitAbandoned(proxy);
            }
        }
    }

    @Test
    void aClientThatNeverSendsItsBodyIsLeft() throws Exception {
        try (RawBackend backend = hangingAfter("");
                Fixture proxy = Fixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");

                assertThat(client.answer().status()).isEqualTo(408);
                awaitAbandoned(proxy);
            }
        }
    }

    @Test
    void anExchangeIsLeftToItsOwnDeadline() throws Exception {
        CountDownLatch otherLeft = new CountDownLatch(1);
        Rule patient = new Rule(
                "patient",
                null,
                null,
                List.of(new BackendRef("b", 1)),
                new RuleTimeouts(Duration.ZERO, Duration.ofSeconds(60)),
                null);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    otherLeft.await();
                    peer.send(RawBackend.ok("late"));
                });
                RawBackend forgetful = hangingAfter("");
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(patient)
                        .timeouts(0, 0, 0, 0)
                        .pool(abandonedAfter(500))
                        .apply();
                RawClient client = proxy.client()) {
            client.get("/");
            await().until(() -> backend.requests.size() == 1);

            // Begins later, is as silent, and is taken back first.
            proxy.backend("c", forgetful.endpoint())
                    .rules(Fixture.everythingTo("c"))
                    .apply();
            try (RawClient other = proxy.client()) {
                assertThat(other.get("/").answer().status()).isEqualTo(504);
            }
            otherLeft.countDown();
            assertThat(client.answer().text()).isEqualTo("late");
            assertThat(proxy.usage("c").abandonedTotal()).isEqualTo(1);
        }
    }
}
