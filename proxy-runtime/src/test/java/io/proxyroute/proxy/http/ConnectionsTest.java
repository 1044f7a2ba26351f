package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Client connections: order, end, half an end, and sudden end. */
@ExtendWith(NoLeaks.class)
class ConnectionsTest {

    @ParameterizedTest
    @EnumSource(Transport.class)
    void pipelinedRequestsAreAnsweredInOrder(Transport transport) throws Exception {
        try (RawBackend backend = RawBackend.answering(r -> RawBackend.ok(r.target()));
                Fixture proxy = new Fixture(transport, 1)
                        .backend("b", backend.endpoint())
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            }
            client.send(all.toString());

            for (int i = 0; i < 500; i++) {
                assertThat(client.answer().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void pipelinedRequestsThatTheProxyAnswersItselfComeInOrderToo() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = new Fixture(1).backend("b", backend.endpoint()).apply();
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3000));

            for (int i = 0; i < 3000; i++) {
                assertThat(client.answer().status()).isEqualTo(404);
            }
        }
    }

    @Test
    void aClientThatClosesAfterItsAnswerIsAskedToBy() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /not-served HTTP/1.1\r\nHost: a\r\n\r\n");

            Http.Message answer = client.answer();
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
            assertThat(backend.requests).hasSize(1);
            // The backend's connection is not the client's: it lives on.
            assertThat(backend.open()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatHalfClosesGetsItsAnswers(Transport transport) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.answering(r -> {
                    go.await();
                    return RawBackend.ok(r.target());
                });
                Fixture proxy = new Fixture(transport, 1)
                        .backend("b", backend.endpoint())
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            client.get("/1").get("/2").get("/3");
            client.socket().shutdownOutput();
            await().until(() -> backend.requests.size() == 1);
            go.countDown();

            assertThat(client.answer().text()).isEqualTo("/1");
            assertThat(client.answer().text()).isEqualTo("/2");
            assertThat(client.answer().text()).isEqualTo("/3");
            assertThat(client.closed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatHalfClosesBehindABodyThatIsTakenSlowlyGetsItsAnswer(Transport transport) throws Exception {
        int size = 16 << 20;
        CountDownLatch full = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    full.await();
                    int read = peer.in().readNBytes(size).length;
                    peer.send(RawBackend.ok("" + read));
                    peer.in().read();
                });
                Fixture proxy = new Fixture(transport, 1)
                        .backend("b", backend.endpoint())
                        .rule(Fixture.everythingTo("b"))
                        .timeouts(0, 0, 60_000, 0)
                        .apply();
                RawClient client = proxy.client()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                    client.send(new byte[size]);
                    client.socket().shutdownOutput();
                } catch (java.io.IOException e) {
                    // the answer will be missing
                }
            });
            // Until everything between client and backend has filled up.
            await().pollDelay(Duration.ofMillis(300)).until(() -> backend.requests.size() == 1);
            full.countDown();
            assertThat(client.answer().text()).isEqualTo("" + size);
            sender.join();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatHalfClosesAndReadsSlowlyGetsAllItsAnswers(Transport transport) throws Exception {
        String answer = RawBackend.ok("x".repeat(50_000));
        try (RawBackend backend = RawBackend.answering(r -> answer);
                Fixture proxy = new Fixture(transport, 1)
                        .backend("b", backend.endpoint())
                        .rule(Fixture.everythingTo("b"))
                        .apply();
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(400));
            client.socket().shutdownOutput();
            awaitStandstill(backend.requests::size);

            assertThat(backend.requests.size()).isLessThan(400);
            for (int i = 0; i < 400; i++) {
                assertThat(client.answer().body()).hasSize(50_000);
            }
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aClientThatHalfClosesHasAsLongAsTheRule() throws Exception {
        try (RawBackend backend = RawBackend.answering(r -> {
                    TimeUnit.MILLISECONDS.sleep(2600); // the backend's pace, not the test's
                    return RawBackend.ok("late");
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(20_000, 0, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/").socket().shutdownOutput();

                assertThat(client.answer().text()).isEqualTo("late");
            }
        }
    }

    @Test
    void aClientThatHalfClosesInItsBodyIsGone() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    peer.in().readAllBytes();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
            await().until(() -> backend.requests.size() == 1);
            client.socket().shutdownOutput();

            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
            await().until(() -> backend.open() == 0);
        }
    }

    @Test
    void aClientThatGoesAwayCancelsItsExchange() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.in().readAllBytes();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                await().until(() -> backend.requests.size() == 1);
                client.reset();
            }
            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
            await().until(() -> backend.open() == 0);

            // Closed in good order it may have half-closed only: it is given up when nothing moves.
            try (RawClient client = proxy.client()) {
                client.get("/");
                await().until(() -> backend.requests.size() == 2);
            }
            assertThat(proxy.awaitEnded(2).cause()).isEqualTo(EndCause.CLIENT_GONE);
            await().until(() -> backend.open() == 0);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aClientThatGoesAwayInALongAnswerCancelsIt() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while (true) {
                        peer.send("1000\r\n" + "x".repeat(4096) + "\r\n");
                    }
                });
                Fixture proxy = Fixture.to(backend)) {
            try (RawClient client = proxy.client()) {
                client.get("/");
                client.in().readNBytes(100_000);
            }
            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
            await().until(() -> backend.open() == 0);
        }
    }

    @Test
    void aClientThatGoesAwayWhileItWaitsForAConnectionGivesUpItsPlace() throws Exception {
        Semaphore go = new Semaphore(0);
        try (RawBackend backend = RawBackend.answering(r -> {
                    go.acquire();
                    return RawBackend.ok("x");
                });
                Fixture proxy = Fixture.to(backend)) {
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
                assertThat(first.answer().text()).isEqualTo("x");
                assertThat(first.get("/").answer().text()).isEqualTo("x");
            }
            assertThat(backend.requests).hasSize(2);
        }
    }

    @Test
    void anIdleConnectionIsClosedInTime() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 200, 0).apply();
            try (RawClient unused = proxy.client();
                    RawClient used = proxy.client()) {
                assertThat(used.get("/").answer().status()).isEqualTo(200);

                assertThat(unused.closed()).isTrue();
                assertThat(used.closed()).isTrue();
            }
            assertThat(proxy.ended).hasSize(1);
        }
    }

    /** The only connection, with a socket so small that much of an answer stays in the proxy after the exchange is over. */
    private static Channel withSmallSocket(Fixture proxy) {
        await().until(() -> proxy.frontend().counts().connections() == 1);
        Channel only = proxy.accepted.getFirst();
        only.config().setOption(ChannelOption.SO_SNDBUF, 16 << 10);
        return only;
    }

    private static long pending(Channel channel) throws Exception {
        return channel.eventLoop().submit(new Wire(channel)::pendingBytes).get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void aClientThatReadsSlowlyGetsTheEndOfItsAnswer(String version) throws Exception {
        int size = 130_000;
        int idleMillis = 1500;
        String answer = RawBackend.ok("x".repeat(size));
        try (RawBackend backend = RawBackend.answering(r -> answer);
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, idleMillis, 0).apply();
            try (RawClient client = new RawClient(proxy.port(), 16 << 10)) {
                Channel channel = withSmallSocket(proxy);
                client.send("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n");
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.COMPLETED);
                Http.head(client.in());
                long before = pending(channel);
                int read = 0;
                while (pending(channel) == before) {
                    read += client.in().readNBytes(1000).length;
                }
                assertThat(pending(channel)).isPositive();

                // Longer than a client may take nothing at all: once idle where it lingers, twice where it may go on.
                long idles = version.equals("1.0") ? 3 : 5;
                await().pollDelay(Duration.ofMillis(idles * idleMillis / 2)).until(() -> true);
                assertThat(read + client.in().readNBytes(size - read).length).isEqualTo(size);
            }
        }
    }

    @Test
    void aClientThatReadsNoFurtherSeesThatItsAnswerIsCut() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(130_000));
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 300, 0).apply();
            try (RawClient client = new RawClient(proxy.port(), 16 << 10)) {
                withSmallSocket(proxy);
                client.send("GET / HTTP/1.0\r\n\r\n");
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.COMPLETED);
                await().until(() -> proxy.frontend().counts().connections() == 0);

                assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aClientSeesThatTheProxyEndsWithinItsAnswer() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                    peer.request(); // none comes
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            Http.head(client.in());
            assertThat(client.in().readNBytes(4)).asString().isEqualTo("half");

            proxy.frontend().close();

            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.SHUTDOWN);
            assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aHeadThatNeverEndsIsAnsweredWith408() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(new Timeouts(
                            Duration.ZERO,
                            Duration.ZERO,
                            Duration.ofSeconds(60),
                            Duration.ofMillis(200),
                            Duration.ZERO))
                    .apply();
            try (RawClient client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost");

                assertThat(client.answer().status()).isEqualTo(408);
                assertThat(client.closed()).isTrue();
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.HEADERS_TIMEOUT);
            }
        }
    }

    @Test
    void emptyLinesDoNotBeginAHead() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(new Timeouts(
                            Duration.ZERO,
                            Duration.ZERO,
                            Duration.ofSeconds(60),
                            Duration.ofMillis(200),
                            Duration.ZERO))
                    .apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\n");
                assertThat(client.answer().status()).isEqualTo(200);
                await().pollDelay(Duration.ofMillis(500)).until(() -> true);

                assertThat(client.get("/").answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void drainingAnswersCarryCloseAndConnectionsLiveUntilThen() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = Fixture.to(backend);
                RawClient idle = proxy.client();
                RawClient busy = proxy.client()) {
            assertThat(idle.get("/").answer().header("connection")).isNull();
            assertThat(busy.get("/").answer().header("connection")).isNull();

            proxy.frontend().beginDrain();
            assertThat(busy.get("/").answer().header("connection")).isEqualTo("close");
            assertThat(busy.closed()).isTrue();
            try (RawClient late = proxy.client()) {
                assertThat(late.get("/").answer().header("connection")).isEqualTo("close");
            }
            int port = proxy.port();
            proxy.frontend().stopAccepting().awaitUninterruptibly();
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> new RawClient(port).close())
                    .hasMessageContaining("refused");
            assertThat(idle.get("/").answer().text()).isEqualTo("x");
            assertThat(idle.closed()).isTrue();
        }
    }

    @Test
    void closingIdleConnectionsLeavesTheBusyOnes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.answering(r -> {
                    go.await();
                    return RawBackend.ok("x");
                });
                Fixture proxy = Fixture.to(backend);
                RawClient idle = proxy.client();
                RawClient busy = proxy.client()) {
            busy.get("/");
            await().until(() -> backend.requests.size() == 1);
            await().until(() -> proxy.frontend().counts().connections() == 2);

            proxy.frontend().closeIdle().awaitUninterruptibly();
            assertThat(idle.closed()).isTrue();
            go.countDown();
            assertThat(busy.answer().text()).isEqualTo("x");
        }
    }

    @Test
    void whatAProxyThatEndsHasNotAnsweredIsItsOwnFault() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            client.get("/");
            await().until(() -> backend.requests.size() == 1);

            proxy.frontend().close();

            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.SHUTDOWN);
            assertThat(proxy.frontend().counts().proxyFaultsTotal()).isEqualTo(1);
        }
    }

    @Test
    void aClientThatPipelinesAndDoesNotReadIsHeldBack() throws Exception {
        String answer = RawBackend.ok("x".repeat(50_000));
        try (RawBackend backend = RawBackend.answering(r -> answer);
                Fixture proxy = Fixture.to(backend);
                RawClient client = proxy.client()) {
            int sent = 5000;
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < sent; i++) {
                        client.get("/" + i);
                    }
                } catch (java.io.IOException e) {
                    // closed at the end of the test
                }
            });
            awaitStandstill(backend.requests::size);
            // What the sockets and one buffer hold, and no more, has been fetched.
            assertThat(backend.requests.size()).isLessThan(1000);
            for (int i = 0; i < 1000; i++) {
                assertThat(client.answer().body()).hasSize(50_000);
            }
            client.close();
            sender.join();
        }
    }

    @Test
    void aClientThatPipelinesWhatTheProxyAnswersItselfAndDoesNotReadIsHeldBack() throws Exception {
        try (RawBackend backend = RawBackend.saying("x");
                Fixture proxy = new Fixture(1).backend("b", backend.endpoint()).apply();
                RawClient client = proxy.client()) {
            int sent = 60_000;
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < sent; i += 100) {
                        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".repeat(100));
                    }
                } catch (java.io.IOException e) {
                    // closed at the end of the test
                }
            });
            awaitStandstill(proxy.ended::size);
            assertThat(proxy.ended.size()).isLessThan(sent / 2);
            for (int i = 0; i < 1000; i++) {
                assertThat(client.answer().status()).isEqualTo(404);
            }
            client.close();
            sender.join();
        }
    }

    /** Waits until a count has begun to rise and then stays. */
    private static void awaitStandstill(java.util.function.IntSupplier count) {
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
