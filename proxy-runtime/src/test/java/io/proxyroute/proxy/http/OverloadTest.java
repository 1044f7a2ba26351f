package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelOption;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadAction;
import io.proxyroute.proxy.overload.OverloadManager;
import io.proxyroute.proxy.overload.Resource;
import io.proxyroute.proxy.overload.ResourceLimits;
import io.proxyroute.proxy.pool.Pools;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that cost much and receive no service go first; the requests of others are served. */
@ExtendWith(NoLeaks.class)
class OverloadTest {

    private static ProxyFixture proxy(Overload overload, int loops, RawBackend backend) {
        return new ProxyFixture(loops, overload)
                .backend("b", backend.endpoint())
                .rule(ProxyFixture.catchAllRule("b"))
                .apply();
    }

    /** Of the latest connection, so that the kernel does not take a whole response. */
    private static void shrinkSendBuffer(ProxyFixture proxy, int connections) {
        await().until(() -> proxy.accepted.size() == connections);
        proxy.accepted.getLast().config().setOption(ChannelOption.SO_SNDBUF, 8 << 10);
    }

    private static void closeAll(List<RawClient> clients) throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Nested
    class HeldBytes {

        private static final long LIMIT = 4 << 20;
        private final Overload overload =
                new Overload(new ResourceLimits(LIMIT, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));

        /** The bytes are on the way to clients that do not read. */
        @Test
        void ofSlowReadersStayBelowLimit() throws Exception {
            String large = "x".repeat(120_000);
            List<RawClient> hostile = new ArrayList<>();
            try (RawBackend backend =
                            RawBackend.responding(r -> RawBackend.ok(r.target().equals("/large") ? large : "good"));
                    ProxyFixture proxy = proxy(overload, 2, backend);
                    RawClient good = proxy.client()) {
                for (int i = 0; i < 300; i++) {
                    RawClient client = new RawClient(proxy.port(), 4 << 10);
                    hostile.add(client);
                    shrinkSendBuffer(proxy, i + 2); // after the good client
                    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(good.get("/").response().text()).isEqualTo("good");
                    assertThat(proxy.frontend().heldBytes()).isLessThan(2 * LIMIT);
                }
                await().untilAsserted(
                                () -> assertThat(proxy.frontend().heldBytes()).isLessThan(LIMIT));
                assertThat(overload.total(OverloadAction.CLOSE_CONNECTIONS, Resource.HELD_BYTES))
                        .isPositive();
                assertThat(proxy.ended).anyMatch(e -> e.cause() == EndCause.OVERLOADED);
                assertThat(proxy.ended).filteredOn(e -> e.responseBytes() == 4).allMatch(e -> e.status() == 200);
                assertThat(good.get("/").response().text()).isEqualTo("good");
                closeAll(hostile);
                await().until(() -> proxy.frontend().heldBytes() == 0);
            }
        }

        @Test
        void areCountedForInputAndGatheredBodies() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(overload, 1, backend);
                    RawClient half = proxy.client();
                    RawClient slow = proxy.client()) {
                half.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
                await().until(() -> proxy.frontend().heldBytes() > 0);
                long before = proxy.frontend().heldBytes();
                slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nabc");
                await().until(() -> proxy.frontend().heldBytes() >= before + 50_000);
                slow.send("x".repeat(49_997));
                assertThat(slow.response().status()).isEqualTo(200);
                await().until(() -> proxy.frontend().heldBytes() == before);
            }
        }
    }

    @Nested
    class BackendConnections {

        private final Overload overload = new Overload(ResourceLimits.NONE);

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void areNotAllHeldByClientsThatDoNotRead(int loops) throws Exception {
            String large = "x".repeat(3_000_000);
            List<RawClient> hostile = new ArrayList<>();
            try (RawBackend backend =
                            RawBackend.responding(r -> RawBackend.ok(r.target().equals("/large") ? large : "good"));
                    ProxyFixture proxy = proxy(overload, loops, backend)) {
                proxy.pool(Pools.of(100, 8)).apply();
                try (RawClient good = proxy.client()) {
                    assertThat(good.get("/").response().text()).isEqualTo("good");
                    for (int i = 0; i < 40; i++) {
                        RawClient client = new RawClient(proxy.port(), 4 << 10);
                        hostile.add(client);
                        shrinkSendBuffer(proxy, i + 2);
                        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
                        assertThat(good.get("/").response().text()).isEqualTo("good");
                    }
                    assertThat(proxy.ended).anyMatch(e -> e.cause() == EndCause.CLIENT_STALLED);
                    closeAll(hostile);
                }
            }
        }

        @Test
        void serveSlowReadersWhileNoOneWaits() throws Exception {
            String large = "x".repeat(500_000);
            List<RawClient> slow = new ArrayList<>();
            try (RawBackend backend = RawBackend.respondingWith(large);
                    ProxyFixture proxy = proxy(overload, 1, backend)) {
                proxy.pool(Pools.of(100, 8)).apply();
                for (int i = 0; i < 8; i++) {
                    RawClient client = new RawClient(proxy.port(), 4 << 10);
                    slow.add(client);
                    shrinkSendBuffer(proxy, i + 1);
                    client.get("/");
                }
                await().until(() -> proxy.usage("b").active() == 8);
                for (RawClient client : slow) {
                    assertThat(client.response().text()).hasSize(500_000);
                }
                closeAll(slow);
            }
        }
    }

    @Nested
    class Connections {

        private final Overload overload =
                new Overload(new ResourceLimits(Long.MAX_VALUE, 100, Integer.MAX_VALUE, Integer.MAX_VALUE));

        @ParameterizedTest
        @ValueSource(strings = {"", "GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc"})
        void withoutCompletedRequestMakeRoom(String start) throws Exception {
            List<RawClient> hostile = new ArrayList<>();
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 2, backend);
                    RawClient early = proxy.client()) {
                assertThat(early.get("/").response().text()).isEqualTo("good");
                for (int i = 0; i < 300; i++) {
                    RawClient client = proxy.client();
                    hostile.add(client);
                    client.send(start);
                    if (i % 10 == 0) {
                        try (RawClient good = proxy.client()) {
                            assertThat(good.get("/").response().text()).isEqualTo("good");
                        }
                    }
                }
                await().untilAsserted(
                                () -> assertThat(proxy.frontend().connections()).isLessThanOrEqualTo(100));
                assertThat(early.get("/").response().text()).isEqualTo("good");
                assertThat(overload.total(OverloadAction.CLOSE_CONNECTIONS, Resource.CONNECTIONS))
                        .isPositive();
                closeAll(hostile);
            }
        }

        @Test
        void withHalfOfTheirSecondHeadMakeRoom() throws Exception {
            List<RawClient> hostile = new ArrayList<>();
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 1, backend)) {
                for (int i = 0; i < 90; i++) {
                    RawClient client = proxy.client();
                    hostile.add(client);
                    assertThat(client.get("/").response().text()).isEqualTo("good");
                    client.send("GET / HT");
                }
                await().pollDelay(Duration.ofMillis(1200)).until(() -> true); // until the heads count as slow
                for (int i = 0; i < 60; i++) {
                    try (RawClient good = proxy.client()) {
                        assertThat(good.get("/").response().text()).isEqualTo("good");
                    }
                }
                closeAll(hostile);
            }
        }

        @Test
        void thatAreIdleMakeRoom() throws Exception {
            List<RawClient> idle = new ArrayList<>();
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 2, backend)) {
                for (int i = 0; i < 300; i++) {
                    RawClient client = proxy.client();
                    idle.add(client);
                    assertThat(client.get("/").response().text()).isEqualTo("good");
                }
                assertThat(proxy.frontend().connections()).isLessThanOrEqualTo(100);
                closeAll(idle);
            }
        }
    }

    @Nested
    class Actions {

        private final Overload overload = new Overload(ResourceLimits.NONE);
        private final AtomicReference<Double> used = new AtomicReference<>(0.0);

        private void pressure(OverloadManager manager, double share) {
            used.set(share);
            for (int i = 0; i < 10; i++) {
                manager.evaluate();
            }
        }

        private OverloadManager manager(ProxyFixture proxy, Resource resource) {
            return new OverloadManager(
                    overload, Map.of(resource, used::get), proxy.frontend().relief());
        }

        @Test
        void closeConnectionsWithTheirNextResponse() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 1, backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().header("connection")).isNull();
                pressure(manager(proxy, Resource.HEAP), 0.85);
                assertThat(client.get("/").response().header("connection")).isEqualTo("close");
                assertThat(overload.total(OverloadAction.CLOSE_AFTER_RESPONSE, Resource.HEAP))
                        .isEqualTo(1);
            }
        }

        @Test
        void refuseRequests() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 1, backend);
                    RawClient client = proxy.client()) {
                pressure(manager(proxy, Resource.LOOP_LAG), 0.96);
                RawHttp.Message response = client.get("/").response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("retry-after")).isEqualTo("1");
                assertThat(response.text()).contains("OVERLOADED");
                assertThat(backend.requests).isEmpty();
                assertThat(overload.total(OverloadAction.REFUSE_REQUESTS, Resource.LOOP_LAG))
                        .isEqualTo(1);
            }
        }

        @Test
        void stopAccepting() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 1, backend)) {
                OverloadManager manager = manager(proxy, Resource.HEAP);
                try (RawClient client = proxy.client()) { // accepted by the read that was pending
                    assertThat(client.get("/").response().text()).isEqualTo("good");
                }
                pressure(manager, 0.99);
                proxy.loops().all().getFirst().submit(() -> {}).sync(); // which stops accepting
                try (RawClient waiting = proxy.client()) {
                    waiting.get("/");
                    await().during(Duration.ofMillis(300)).until(() -> proxy.accepted.size() == 1);
                    pressure(manager, 0.1);
                    assertThat(waiting.response().text()).isEqualTo("good");
                }
            }
        }

        @Test
        void closeIdleConnectionsEarlier() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("good");
                    ProxyFixture proxy = proxy(overload, 1, backend)) {
                proxy.timeouts(0, 0, 30_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    assertThat(client.get("/").response().text()).isEqualTo("good");
                    OverloadManager manager = manager(proxy, Resource.HEAP);
                    used.set(0.89); // a few seconds instead of 30
                    await().until(() -> {
                        manager.evaluate();
                        return client.in().available() == 0 && proxy.frontend().connections() == 0;
                    });
                    assertThat(overload.total(OverloadAction.SHORTEN_IDLE, Resource.HEAP))
                            .isPositive();
                }
            }
        }
    }
}
