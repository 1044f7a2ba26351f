package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code abandonedTimeout} bounds an exchange that no other timeout bounds. */
@ExtendWith(NoLeaks.class)
class AbandonedLeaseTest {

    private static ConnectionPool abandonedAfter(long millis) {
        ConnectionPool defaults = ConnectionPool.DEFAULT;
        return new ConnectionPool(
                defaults.maxConnections(),
                defaults.maxConnectionsPerBackend(),
                defaults.maxPendingAcquires(),
                defaults.acquireTimeout(),
                defaults.connectTimeout(),
                defaults.keepAlive(),
                defaults.maxLifetime(),
                Duration.ZERO,
                Duration.ofMillis(millis));
    }

    private static RawBackend stallingAfter(String start) {
        return RawBackend.scripted(peer -> {
            peer.head();
            peer.send(start);
            peer.in().readAllBytes();
        });
    }

    private static void awaitAbandoned(ProxyFixture proxy) {
        await().untilAsserted(
                        () -> assertThat(proxy.usage("b").abandonedTotal()).isEqualTo(1));
    }

    @Test
    void cutsResponseOfBackendThatStalls() throws Exception {
        try (RawBackend backend = stallingAfter("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");

                assertThat(RawHttp.head(client.in()).status()).isEqualTo(200);
                awaitAbandoned(proxy);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_IDLE);
                assertThat(proxy.usage("b").active()).isZero();
            }
        }
    }

    @Test
    void responds504WhenBackendNeverResponds() throws Exception {
        try (RawBackend backend = stallingAfter("");
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                RawHttp.Message response = client.get("/").response();

                assertThat(response.status()).isEqualTo(504);
                assertThat(response.text()).contains("BACKEND_TIMEOUT");
                awaitAbandoned(proxy);
            }
        }
    }

    @Test
    void responds408WhenClientNeverSendsBody() throws Exception {
        try (RawBackend backend = stallingAfter("");
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            proxy.pool(abandonedAfter(500)).timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                // A gRPC stream has no minimum rate, so nothing else bounds it.
                client.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 10\r\n\r\nhello");

                assertThat(client.response().status()).isEqualTo(408);
                awaitAbandoned(proxy);
            }
        }
    }

    @Test
    void leavesExchangeWithDeadlineAlone() throws Exception {
        CountDownLatch otherReclaimed = new CountDownLatch(1);
        Rule patient = new Rule(
                "patient",
                null,
                null,
                List.of(new BackendRef("b", 1)),
                new RuleTimeouts(Duration.ZERO, Duration.ofSeconds(60)),
                null);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    otherReclaimed.await();
                    peer.send(RawBackend.ok("late"));
                });
                RawBackend silent = stallingAfter("");
                ProxyFixture proxy = new ProxyFixture(1)
                        .backend("b", backend.endpoint())
                        .rule(patient)
                        .timeouts(0, 0, 0, 0)
                        .pool(abandonedAfter(500))
                        .apply();
                RawClient client = proxy.client()) {
            client.get("/");
            await().until(() -> backend.requests.size() == 1);

            // This exchange starts later, is just as silent, and is reclaimed first.
            proxy.backend("c", silent.endpoint())
                    .rules(ProxyFixture.catchAllRule("c"))
                    .apply();
            try (RawClient other = proxy.client()) {
                assertThat(other.get("/").response().status()).isEqualTo(504);
            }
            otherReclaimed.countDown();
            assertThat(client.response().text()).isEqualTo("late");
            assertThat(proxy.usage("c").abandonedTotal()).isEqualTo(1);
        }
    }
}
