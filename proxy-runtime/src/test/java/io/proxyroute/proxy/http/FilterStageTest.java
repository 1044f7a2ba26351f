package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The stage in which a rule's filters run, with a fake filter runtime. */
@ExtendWith(NoLeaks.class)
class FilterStageTest {

    private static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\n";

    private final AtomicInteger ended = new AtomicInteger();
    private final CopyOnWriteArrayList<FilterExchange> started = new CopyOnWriteArrayList<>();

    private static Fields fields(String... namesAndValues) {
        Fields fields = new Fields();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    /** Runs an action on the loop, queued by another thread as filters do. */
    private static void executeOnLoop(FilterExchange exchange, Runnable action) {
        Thread.ofVirtual().start(() -> exchange.loop().execute(action));
    }

    /** A chain that reads this number of body parts. */
    private FilterChain chain(int parts, Consumer<FilterExchange> onStart, BodyConsumer onPart) {
        return exchange -> {
            started.add(exchange);
            FilterRun run = new FilterRun() {
                private int seen;

                @Override
                public void body(ByteBuf content, boolean last) {
                    seen++;
                    onPart.part(exchange, content, last, last || seen == parts);
                }

                @Override
                public void ended() {
                    ended.incrementAndGet();
                }
            };
            executeOnLoop(exchange, () -> onStart.accept(exchange));
            return run;
        };
    }

    private interface BodyConsumer {
        void part(FilterExchange exchange, ByteBuf content, boolean last, boolean enough);
    }

    private static final BodyConsumer NO_BODY = (exchange, content, last, enough) -> content.release();

    private ProxyFixture proxy(RawBackend backend, FilterChain chain) {
        return new ProxyFixture(1)
                .backend("b", backend.endpoint())
                .rule(ProxyFixture.catchAllRule("b"))
                .apply(Map.of("all", chain), () -> {});
    }

    @Nested
    class Outcomes {

        @Test
        void neitherRemoveNorDoubleHost() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(
                            backend,
                            chain(
                                    0,
                                    exchange -> {
                                        Fields fields = exchange.request().fields();
                                        fields.remove("host");
                                        if (exchange.request().target().equals("/double")) {
                                            fields.add("host", "one");
                                            fields.add("Host", "two");
                                        }
                                        exchange.proceed(Unpooled.EMPTY_BUFFER);
                                    },
                                    NO_BODY));
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(200);
                assertThat(client.get("/double").response().status()).isEqualTo(200);

                assertThat(backend.requests).allSatisfy(request -> assertThat(request.headers())
                        .filteredOn(line -> line.toLowerCase(Locale.ROOT).startsWith("host:"))
                        .hasSize(1));
                assertThat(backend.requests.get(1).header("host")).isEqualTo("one");
            }
        }

        @Test
        void proceedWithHeaderEdits() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(
                            backend,
                            chain(
                                    0,
                                    exchange -> {
                                        exchange.request().fields().set("x-filter", "was here");
                                        exchange.request().fields().set("connection", "close");
                                        exchange.request().fields().set("content-length", "77");
                                        exchange.proceed(Unpooled.EMPTY_BUFFER);
                                    },
                                    NO_BODY));
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 5\r\n\r\nhello");
                assertThat(client.response().text()).isEqualTo("hello");
                client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("world");
                assertThat(client.get("/").response().status()).isEqualTo(200);

                assertThat(backend.requests).allMatch(r -> "was here".equals(r.header("x-filter")));
                assertThat(backend.requests.get(0).header("content-length")).isEqualTo("5");
                assertThat(backend.requests.get(1).header("transfer-encoding")).isEqualTo("chunked");
                assertThat(backend.requests.get(2).header("content-length")).isNull();
                assertThat(backend.accepted()).isEqualTo(1);
                await().untilAtomic(ended, org.hamcrest.Matchers.is(3));
            }
        }

        @Test
        void respondInPlaceOfBackend() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(
                            backend,
                            chain(
                                    0,
                                    exchange -> exchange.respond(
                                            418,
                                            fields("x-a", "b", "connection", "x-a"),
                                            Unpooled.copiedBuffer("teapot", StandardCharsets.UTF_8)),
                                    NO_BODY));
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 3; i++) {
                    client.send(POST + "Content-Length: 5\r\n\r\nhello");
                    RawHttp.Message response = client.response();
                    assertThat(response.status()).isEqualTo(418);
                    assertThat(response.text()).isEqualTo("teapot");
                }
                assertThat(backend.requests).isEmpty();
                assertThat(proxy.awaitEnded(3).cause()).isEqualTo(EndCause.FILTER_RESPONDED);
            }
        }

        @Test
        void failWith500() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy =
                            proxy(backend, chain(0, exchange -> exchange.fail(EndCause.FILTER_FAILED), NO_BODY));
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().status()).isEqualTo(500);
                assertThat(client.get("/").response().text()).contains("FILTER_FAILED");
            }
        }

        @Test
        void areDroppedAfterClientHasGone() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(backend, chain(0, exchange -> {}, NO_BODY))) {
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    await().until(() -> started.size() == 1);
                    client.reset();
                }
                await().untilAtomic(ended, org.hamcrest.Matchers.is(1));
                FilterExchange exchange = started.getFirst();
                java.util.concurrent.CompletableFuture.runAsync(
                                () -> {
                                    exchange.proceedWith(Unpooled.buffer().writeByte(1));
                                    exchange.proceed(Unpooled.EMPTY_BUFFER);
                                    exchange.respond(
                                            200, new Fields(), Unpooled.buffer().writeByte(1));
                                    exchange.fail(EndCause.FILTER_FAILED);
                                    exchange.readBody();
                                },
                                exchange.loop())
                        .join();
                assertThat(proxy.ended).hasSize(1);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_GONE);
                assertThat(backend.accepted()).isZero();
            }
        }
    }

    @Nested
    class RequestBody {

        @Test
        void mayBeReplaced() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(
                            backend,
                            chain(
                                    0,
                                    exchange -> exchange.proceedWith(
                                            Unpooled.copiedBuffer("other", StandardCharsets.UTF_8)),
                                    NO_BODY));
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 3\r\n\r\nold");
                assertThat(client.response().text()).isEqualTo("other");
                client.send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nold\r\n0\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("other");
                assertThat(client.get("/").response().text()).isEqualTo("other");
                assertThat(backend.requests).allMatch(r -> "5".equals(r.header("content-length")));
            }
        }

        @Test
        void mayBeReadAndForwarded() throws Exception {
            String big = "0123456789".repeat(50_000);
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(backend, reading(true));
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: " + big.length() + "\r\n\r\n" + big);
                assertThat(client.response().text()).isEqualTo(big);
                client.send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("abcde");
                assertThat(client.get("/").response().text()).isEmpty();
            }
        }

        @Test
        void mayBeReadAndDropped() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok("got " + r.text()));
                    ProxyFixture proxy = proxy(backend, reading(false));
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 3\r\n\r\nabc");
                assertThat(client.response().text()).isEqualTo("got ");
                assertThat(backend.requests.getFirst().header("content-length")).isEqualTo("0");
            }
        }

        @Test
        void isForwardedFromWhereFilterStoppedReading() throws Exception {
            FilterChain first = chain(1, FilterExchange::readBody, (exchange, content, last, enough) -> {
                ByteBuf rest = Unpooled.copiedBuffer(content.skipBytes(2)); // reads two bytes and returns the rest
                content.release();
                executeOnLoop(exchange, () -> exchange.proceed(rest));
            });
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(backend, first);
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: 8\r\n\r\nabcd");
                await().until(() -> !started.isEmpty());
                await().until(() -> backend.accepted() == 1);
                client.send("efgh");
                assertThat(client.response().text()).isEqualTo("cdefgh");
                assertThat(backend.requests.getFirst().header("transfer-encoding"))
                        .isEqualTo("chunked");
            }
        }

        @Test
        void isNotReadUnlessFilterAsks() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(backend, chain(0, exchange -> {}, NO_BODY))) {
                proxy.timeouts(500, 0, 60_000, 0).apply(Map.of("all", chain(0, exchange -> {}, NO_BODY)), () -> {});
                try (RawClient client = proxy.client()) {
                    Thread sender = Thread.ofVirtual().start(() -> {
                        try {
                            client.send(POST + "Content-Length: 100000000\r\n\r\n");
                            client.send(new byte[100_000_000]);
                        } catch (java.io.IOException e) {
                            // The proxy closed the connection.
                        }
                    });
                    RawHttp.Message response = client.response();
                    assertThat(response.text()).contains("REQUEST_TIMEOUT");
                    assertThat(proxy.awaitEnded(1).requestBytes()).isZero();
                    client.close();
                    sender.join();
                }
            }
        }

        @Test
        void triggersContinueWhenFilterReadsIt() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(backend, reading(true));
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
                    assertThat(RawHttp.head(client.in()).status()).isEqualTo(100);
                    client.send("hello");
                    RawHttp.Message response = client.response();
                    assertThat(response.text()).isEqualTo("hello");
                    assertThat(response.header("connection")).isNull();
                }
                assertThat(backend.requests.getLast().header("expect"))
                        .as("the proxy has already asked the client for the body")
                        .isNull();
            }
        }

        @Test
        void isCompleteAfterHalfClose() throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            String body = "0123456789".repeat(10_000);
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = proxy(backend, reading(true, go));
                    RawClient client = proxy.client()) {
                client.send(POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
                client.socket().shutdownOutput();
                // The half-close has most likely arrived by then. If not, the test passes without covering it.
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                go.countDown();

                assertThat(client.response().text()).isEqualTo(body);
                assertThat(client.isClosedCleanly()).isTrue();
            }
        }
    }

    /** A chain that reads the whole body, then proceeds with it or without it. */
    private FilterChain reading(boolean giveBack) {
        return reading(giveBack, new CountDownLatch(0));
    }

    /** The same, but it starts to read only after the latch. */
    private FilterChain reading(boolean giveBack, CountDownLatch go) {
        return exchange -> {
            FilterRun run = new FilterRun() {
                private final ByteBuf all = Unpooled.buffer();

                @Override
                public void body(ByteBuf content, boolean last) {
                    all.writeBytes(content);
                    content.release();
                    if (last) {
                        executeOnLoop(exchange, () -> exchange.proceed(giveBack ? all : Unpooled.EMPTY_BUFFER));
                    } else {
                        executeOnLoop(exchange, exchange::readBody);
                    }
                }

                @Override
                public void ended() {
                    ended.incrementAndGet();
                }
            };
            Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.loop().execute(exchange::readBody);
            });
            return run;
        };
    }

    @Nested
    class Timeouts {

        @Test
        void respond408WhenClientStopsSendingToFilter() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = proxy(backend, reading(true))) {
                proxy.timeouts(100, 100, 300, 0).apply(Map.of("all", reading(true)), () -> {});
                try (RawClient client = proxy.client()) {
                    client.send(POST + "Content-Length: 10\r\n\r\nabc");

                    assertThat(client.response().status()).isEqualTo(408);
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_IDLE);
                    assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
                }
            }
        }

        @Test
        void areNotExtendedByDiscardedBody() throws Exception {
            CountDownLatch taken = new CountDownLatch(1);
            FilterChain replacing = chain(
                    0,
                    exchange -> exchange.proceedWith(Unpooled.copiedBuffer("other", StandardCharsets.UTF_8)),
                    NO_BODY);
            try (RawBackend backend = silentAfter(5, taken);
                    ProxyFixture proxy = proxy(backend, replacing)) {
                proxy.timeouts(0, 500, 60_000, 0).apply(Map.of("all", replacing), () -> {});
                try (RawClient client = proxy.client()) {
                    Thread sender = Thread.ofVirtual().start(() -> {
                        try {
                            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
                            while (true) {
                                client.send("1\r\nx\r\n");
                                TimeUnit.MILLISECONDS.sleep(50); // the client is slow
                            }
                        } catch (java.io.IOException | InterruptedException e) {
                            // The proxy has responded and closed.
                        }
                    });
                    assertThat(client.response().text()).contains("BACKEND_TIMEOUT");
                    client.close();
                    sender.join();
                }
            }
        }

        @Test
        void startWhenBackendHasReadReplacedBody() throws Exception {
            int size = 20_000_000;
            CountDownLatch taken = new CountDownLatch(1);
            FilterChain replacing = chain(
                    0,
                    exchange -> {
                        if (exchange.request().method().equals("POST")) {
                            exchange.proceedWith(Unpooled.wrappedBuffer(new byte[size]));
                        } else {
                            exchange.proceed(Unpooled.EMPTY_BUFFER);
                        }
                    },
                    NO_BODY);
            try (RawBackend backend = silentAfter(size, taken);
                    ProxyFixture proxy = proxy(backend, replacing)) {
                proxy.timeouts(0, 2000, 60_000, 0).apply(Map.of("all", replacing), () -> {});
                try (RawClient large = proxy.client();
                        RawClient clock = proxy.client()) {
                    large.send(POST + "Content-Length: 3\r\n\r\nabc");
                    taken.await();
                    await().pollDelay(Duration.ofMillis(1000)).until(() -> true);
                    clock.get("/");

                    // The second exchange starts later, so its timeout is later too.
                    assertThat(proxy.awaitEnded(1).requestBytes()).isEqualTo(3);
                    assertThat(large.response().text()).contains("BACKEND_TIMEOUT");
                    assertThat(clock.response().text()).contains("BACKEND_TIMEOUT");
                }
            }
        }
    }

    private static RawBackend silentAfter(int bytes, CountDownLatch taken) {
        return RawBackend.scripted(peer -> {
            if (peer.head().header("content-length") != null) {
                TimeUnit.MILLISECONDS.sleep(200); // the backend is slow
                peer.in().readNBytes(bytes);
                taken.countDown();
            }
            peer.in().readAllBytes();
        });
    }
}
