package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Client connections: pipelining, half-close, disconnect, timeouts, shutdown. */
@ExtendWith(NoLeaks.class)
class ConnectionsTest {

    @Nested
    class Pipelining {

        @ParameterizedTest
        @EnumSource(Transport.class)
        void respondsInOrder(Transport transport) throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.target()));
                    ProxyFixture proxy = new ProxyFixture(transport, 1)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < 500; i++) {
                    all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
                }
                client.send(all.toString());

                for (int i = 0; i < 500; i++) {
                    assertThat(client.response().text()).isEqualTo("/" + i);
                }
            }
        }

        @Test
        void respondsInOrderWithoutBackend() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy =
                            new ProxyFixture(1).backend("b", backend.endpoint()).apply();
                    RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3000));

                for (int i = 0; i < 3000; i++) {
                    assertThat(client.response().status()).isEqualTo(404);
                }
            }
        }

        @Test
        void stopsReadingFromClientThatDoesNotRead() throws Exception {
            String response = RawBackend.ok("x".repeat(50_000));
            try (RawBackend backend = RawBackend.responding(r -> response);
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                int sent = 5000;
                Thread sender = Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = 0; i < sent; i++) {
                            client.get("/" + i);
                        }
                    } catch (IOException e) {
                        // The test has closed the client.
                    }
                });
                awaitStable(backend.requests::size);
                // The proxy has fetched no more than the sockets and one buffer hold.
                assertThat(backend.requests.size()).isLessThan(1000);
                for (int i = 0; i < 1000; i++) {
                    assertThat(client.response().body()).hasSize(50_000);
                }
                client.close();
                sender.join();
            }
        }

        @Test
        void stopsReadingFromClientThatDoesNotReadGeneratedResponses() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy =
                            new ProxyFixture(1).backend("b", backend.endpoint()).apply();
                    RawClient client = proxy.client()) {
                int sent = 60_000;
                Thread sender = Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = 0; i < sent; i += 100) {
                            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".repeat(100));
                        }
                    } catch (IOException e) {
                        // The test has closed the client.
                    }
                });
                awaitStable(proxy.ended::size);
                assertThat(proxy.ended.size()).isLessThan(sent / 2);
                for (int i = 0; i < 1000; i++) {
                    assertThat(client.response().status()).isEqualTo(404);
                }
                client.close();
                sender.join();
            }
        }
    }

    @Test
    void closesConnectionWhenClientAsksForIt() throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /not-served HTTP/1.1\r\nHost: a\r\n\r\n");

            RawHttp.Message response = client.response();
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosedCleanly()).isTrue();
            assertThat(backend.requests).hasSize(1);
            // The connection to the backend stays open.
            assertThat(backend.open()).isEqualTo(1);
        }
    }

    @Nested
    class HalfClose {

        @ParameterizedTest
        @EnumSource(Transport.class)
        void stillGetsAllPipelinedResponses(Transport transport) throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.responding(r -> {
                        go.await();
                        return RawBackend.ok(r.target());
                    });
                    ProxyFixture proxy = new ProxyFixture(transport, 1)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                client.get("/1").get("/2").get("/3");
                client.socket().shutdownOutput();
                await().until(() -> backend.requests.size() == 1);
                go.countDown();

                assertThat(client.response().text()).isEqualTo("/1");
                assertThat(client.response().text()).isEqualTo("/2");
                assertThat(client.response().text()).isEqualTo("/3");
                assertThat(client.isClosedCleanly()).isTrue();
            }
        }

        @ParameterizedTest
        @EnumSource(Transport.class)
        void behindSlowUploadStillGetsResponse(Transport transport) throws Exception {
            int size = 16 << 20;
            CountDownLatch full = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        full.await();
                        int read = peer.in().readNBytes(size).length;
                        peer.send(RawBackend.ok("" + read));
                        peer.in().read();
                    });
                    ProxyFixture proxy = new ProxyFixture(transport, 1)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .timeouts(0, 0, 60_000, 0)
                            .apply();
                    RawClient client = proxy.client()) {
                Thread sender = Thread.ofVirtual().start(() -> {
                    try {
                        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                        client.send(new byte[size]);
                        client.socket().shutdownOutput();
                    } catch (IOException e) {
                        // The response will be missing.
                    }
                });
                // Wait until all buffers between client and backend are full.
                await().pollDelay(Duration.ofMillis(300)).until(() -> backend.requests.size() == 1);
                full.countDown();
                assertThat(client.response().text()).isEqualTo("" + size);
                sender.join();
            }
        }

        @ParameterizedTest
        @EnumSource(Transport.class)
        void withSlowReaderStillGetsAllResponses(Transport transport) throws Exception {
            String response = RawBackend.ok("x".repeat(50_000));
            try (RawBackend backend = RawBackend.responding(r -> response);
                    ProxyFixture proxy = new ProxyFixture(transport, 1)
                            .backend("b", backend.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply();
                    RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(400));
                client.socket().shutdownOutput();
                awaitStable(backend.requests::size);

                assertThat(backend.requests.size()).isLessThan(400);
                for (int i = 0; i < 400; i++) {
                    assertThat(client.response().body()).hasSize(50_000);
                }
                assertThat(client.isClosedCleanly()).isTrue();
            }
        }

        @Test
        void leavesRequestItsWholeTimeout() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> {
                        TimeUnit.MILLISECONDS.sleep(2600); // the backend is slow
                        return RawBackend.ok("late");
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(20_000, 0, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/").socket().shutdownOutput();

                    assertThat(client.response().text()).isEqualTo("late");
                }
            }
        }

        @Test
        void withinBodyEndsExchangeAsClientGone() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        peer.in().readAllBytes();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
                await().until(() -> backend.requests.size() == 1);
                client.socket().shutdownOutput();

                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
                await().until(() -> backend.open() == 0);
            }
        }
    }

    @Nested
    class ClientDisconnect {

        @Test
        void cancelsExchange() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.in().readAllBytes();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    await().until(() -> backend.requests.size() == 1);
                    client.reset();
                }
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
                await().until(() -> backend.open() == 0);

                // A plain close looks like a half-close, so the exchange ends only when nothing is transferred any
                // longer.
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    await().until(() -> backend.requests.size() == 2);
                }
                assertThat(proxy.awaitEnded(2).cause()).isEqualTo(EndCause.CLIENT_GONE);
                await().until(() -> backend.open() == 0);
                proxy.awaitIdle();
            }
        }

        @Test
        void cancelsLongResponse() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                        while (true) {
                            peer.send("1000\r\n" + "x".repeat(4096) + "\r\n");
                        }
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    client.in().readNBytes(100_000);
                }
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
                await().until(() -> backend.open() == 0);
            }
        }

        @Test
        void leavesAcquireQueue() throws Exception {
            Semaphore go = new Semaphore(0);
            try (RawBackend backend = RawBackend.responding(r -> {
                        go.acquire();
                        return RawBackend.ok("x");
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.pool(io.proxyroute.proxy.pool.Pools.of(1, 1))
                        .timeouts(0, 0, 60_000, 0)
                        .apply();
                try (RawClient first = proxy.client();
                        RawClient second = proxy.client()) {
                    first.get("/");
                    await().until(() -> backend.requests.size() == 1);
                    second.get("/");
                    await().until(() -> proxy.usage("b").pending() == 1);
                    second.reset();
                    await().until(() -> proxy.usage("b").pending() == 0);
                    go.release(2);
                    assertThat(first.response().text()).isEqualTo("x");
                    assertThat(first.get("/").response().text()).isEqualTo("x");
                }
                assertThat(backend.requests).hasSize(2);
            }
        }
    }

    @Test
    void backendConnectionClosesBeforeBackendsOwnTimeout() throws Exception {
        try (RawBackend backend = RawBackend.responding(
                        _ -> "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 1\r\n\r\nx");
                ProxyFixture proxy = ProxyFixture.to(backend);
                RawClient client = proxy.client()) {
            RawHttp.Message response = client.get("/").response();
            assertThat(response.header("keep-alive")).isNull();
            await().until(() -> backend.open() == 0 && proxy.pools().connections() == 0);
        }
    }

    @Nested
    class IdleConnection {

        @Test
        void isClosedAfterIdleTimeout() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 200, 0).apply();
                try (RawClient unused = proxy.client();
                        RawClient used = proxy.client()) {
                    assertThat(used.get("/").response().status()).isEqualTo(200);

                    assertThat(unused.isClosedCleanly()).isTrue();
                    assertThat(used.isClosedCleanly()).isTrue();
                }
                assertThat(proxy.ended).hasSize(1);
            }
        }

        @Test
        void withIncompleteHeadGets408() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(new Timeouts(
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(75),
                                Duration.ofMillis(200),
                                Duration.ZERO))
                        .apply();
                try (RawClient client = proxy.client()) {
                    client.send("GET / HTTP/1.1\r\nHost");

                    assertThat(client.response().status()).isEqualTo(408);
                    assertThat(client.isClosedCleanly()).isTrue();
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.HEADERS_TIMEOUT);
                }
            }
        }

        @Test
        void withEmptyLinesDoesNotStartHeadTimeout() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(new Timeouts(
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(75),
                                Duration.ofMillis(200),
                                Duration.ZERO))
                        .apply();
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\n");
                    assertThat(client.response().status()).isEqualTo(200);
                    await().pollDelay(Duration.ofMillis(500)).until(() -> true);

                    assertThat(client.get("/").response().status()).isEqualTo(200);
                }
            }
        }
    }

    /** Shrinks the socket of the only connection, so that much of a response stays in the proxy when the exchange ends. */
    private static Channel shrinkSendBuffer(ProxyFixture proxy) {
        await().until(() -> proxy.frontend().counts().connections() == 1);
        Channel only = proxy.accepted.getFirst();
        only.config().setOption(ChannelOption.SO_SNDBUF, 16 << 10);
        return only;
    }

    private static long pending(Channel channel) throws Exception {
        return channel.eventLoop().submit(new Wire(channel)::pendingBytes).get();
    }

    @Nested
    class SlowReader {

        @ParameterizedTest
        @ValueSource(strings = {"1.0", "1.1"})
        void receivesWholeResponse(String version) throws Exception {
            int size = 130_000;
            int idleMillis = 1500;
            String response = RawBackend.ok("x".repeat(size));
            try (RawBackend backend = RawBackend.responding(r -> response);
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, idleMillis, 0).apply();
                try (RawClient client = new RawClient(proxy.port(), 16 << 10)) {
                    Channel channel = shrinkSendBuffer(proxy);
                    client.send("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n");
                    awaitLinkReturnedWhileRecordIsOpen(proxy);
                    RawHttp.head(client.in());
                    long before = pending(channel);
                    int read = 0;
                    while (pending(channel) == before) {
                        read += client.in().readNBytes(1000).length;
                    }
                    assertThat(pending(channel)).isPositive();

                    // Longer than a client may stall that has read nothing.
                    await().pollDelay(Duration.ofMillis(3 * idleMillis / 2)).until(() -> true);
                    assertThat(read + client.in().readNBytes(size - read).length)
                            .isEqualTo(size);
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.COMPLETED);
                }
            }
        }

        private static void awaitLinkReturnedWhileRecordIsOpen(ProxyFixture proxy) {
            await().until(() -> proxy.usage("b").acquiresTotal() == 1
                    && proxy.usage("b").active() == 0
                    && proxy.usage("b").idle() == 1);
            assertThat(proxy.ledger().summary().openRecords()).isEqualTo(1);
        }

        @Test
        void seesCutResponseAfterIdleTimeout() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(130_000));
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 300, 0).apply();
                try (RawClient client = new RawClient(proxy.port(), 16 << 10)) {
                    shrinkSendBuffer(proxy);
                    client.send("GET / HTTP/1.0\r\n\r\n");
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_STALLED);
                    await().until(() -> proxy.frontend().counts().connections() == 0);

                    assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Nested
    class Shutdown {

        @Test
        void cutsResponsesVisibly() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                        peer.request(); // returns when the proxy closes
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = new RawClient(proxy.port())) {
                client.send("GET / HTTP/1.0\r\n\r\n");
                RawHttp.head(client.in());
                assertThat(client.in().readNBytes(4)).asString().isEqualTo("half");

                proxy.frontend().close();

                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.SHUTDOWN);
                assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
            }
        }

        @Test
        void drainsConnectionsWithTheirNextResponse() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient idle = proxy.client();
                    RawClient busy = proxy.client()) {
                assertThat(idle.get("/").response().header("connection")).isNull();
                assertThat(busy.get("/").response().header("connection")).isNull();

                proxy.frontend().beginDrain();
                assertThat(busy.get("/").response().header("connection")).isEqualTo("close");
                assertThat(busy.isClosedCleanly()).isTrue();
                try (RawClient late = proxy.client()) {
                    assertThat(late.get("/").response().header("connection")).isEqualTo("close");
                }
                int port = proxy.port();
                proxy.frontend().stopAccepting().awaitUninterruptibly();
                org.assertj.core.api.Assertions.assertThatThrownBy(() -> new RawClient(port).close())
                        .hasMessageContaining("refused");
                assertThat(idle.get("/").response().text()).isEqualTo("x");
                assertThat(idle.isClosedCleanly()).isTrue();
            }
        }

        @Test
        void closesIdleConnectionsButNotBusyOnes() throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.responding(r -> {
                        go.await();
                        return RawBackend.ok("x");
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient idle = proxy.client();
                    RawClient busy = proxy.client()) {
                busy.get("/");
                await().until(() -> backend.requests.size() == 1);
                await().until(() -> proxy.frontend().counts().connections() == 2);

                proxy.frontend().closeIdle().awaitUninterruptibly();
                assertThat(idle.isClosedCleanly()).isTrue();
                go.countDown();
                assertThat(busy.response().text()).isEqualTo("x");
            }
        }

        @Test
        void countsUnansweredRequestsAsProxyFaults() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.get("/");
                await().until(() -> backend.requests.size() == 1);

                proxy.frontend().close();

                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.SHUTDOWN);
                assertThat(proxy.frontend().counts().proxyFaultsTotal()).isEqualTo(1);
            }
        }
    }

    /** Waits until a count is positive and no longer rises. */
    private static void awaitStable(java.util.function.IntSupplier count) {
        int[] before = {-1};
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    int now = count.getAsInt();
                    boolean still = now == before[0] && now > 0;
                    before[0] = now;
                    return still;
                });
    }
}
