package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.filter.BackendRequest;
import io.proxyroute.filter.BackendResponse;
import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faulty filters in a proxy on loopback: the proxy keeps working and reclaims its resources. */
class FilterFaultsTest {

    @TempDir
    Path directory;

    @BeforeEach
    void jars() {
        FilterDirectory.with(directory, "scripted.jar", ScriptedFilter.class);
        FilterDirectory.with(directory, "probed.jar", Probed.class);
    }

    private FilteringProxy serving(ScriptedFilter.Script script) throws Exception {
        return serving(Duration.ofSeconds(20), script);
    }

    private FilteringProxy serving(Duration requestTimeout, ScriptedFilter.Script script) throws Exception {
        return new FilteringProxy(directory, requestTimeout).serve(FilteringProxy.scripted("faulty", script));
    }

    private static void assertNothingHeld(FilteringProxy proxy) {
        await().untilAsserted(() -> {
            assertThat(proxy.ledger.summary().openRecords()).isZero();
            assertThat(proxy.ledger.summary().heldLeases()).isZero();
            assertThat(proxy.ledger.summary().heldBuffers()).isZero();
            assertThat(proxy.ledger.summary().heldTasks()).isZero();
            assertThat(proxy.ledger.summary().quarantinedBytes()).isZero();
            assertThat(proxy.pool().active()).isZero();
            assertThat(proxy.pool().pending()).isZero();
            assertThat(proxy.runtime.running()).isZero();
            assertThat(proxy.runtime.orphans()).isZero();
        });
    }

    @Nested
    class Outcomes {

        @Test
        void editHeadersFromBackendResponse() throws Exception {
            try (FilteringProxy proxy = serving(context -> {
                try (BackendResponse response = context.send(FilteringProxy.BACKEND, BackendRequest.get("/own"))) {
                    String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
                    context.request().headers().set("X-Seen", response.status() + "-" + text.replace(' ', '-'));
                }
                return FilterResult.NEXT;
            })) {
                assertThat(proxy.get("/a").body()).isEqualTo("GET /a 0 seen=200-GET-/own-0");
                assertNothingHeld(proxy);
                assertThat(proxy.pool().idle())
                        .isPositive(); // a connection is reusable after its response was read to the end
            }
        }

        @Test
        void respondInPlaceOfBackend() throws Exception {
            try (FilteringProxy proxy = serving(context -> new FilterResult.Respond(
                    418, Map.of("X-Why", java.util.List.of("teapot")), "short and stout".getBytes()))) {
                HttpResponse<String> response = proxy.get("/");

                assertThat(response.statusCode()).isEqualTo(418);
                assertThat(response.headers().firstValue("X-Why")).contains("teapot");
                assertThat(response.body()).isEqualTo("short and stout");
                assertNothingHeld(proxy);
            }
        }

        @Test
        void respond500WhenFilterThrows() throws Exception {
            try (FilteringProxy proxy = serving(context -> {
                context.allocate(100);
                throw new IllegalStateException("on purpose");
            })) {
                assertThat(proxy.get("/").statusCode()).isEqualTo(500);
                assertNothingHeld(proxy);
                assertThat(proxy.ledger.summary().leaksTotal()).isEqualTo(1); // the filter could have closed the buffer
            }
        }
    }

    @Nested
    class Interrupts {

        @Test
        void followClientDisconnect() throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            CompletableFuture<Throwable> cut = new CompletableFuture<>();
            try (FilteringProxy proxy = serving(context -> {
                try (var buffer = context.allocate(100)) {
                    inside.countDown();
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    cut.complete(e);
                }
                return FilterResult.NEXT;
            })) {
                try (Socket client = proxy.connect()) {
                    client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
                    inside.await();
                    client.setSoLinger(true, 0); // a reset: a plain close could be a half-close
                }
                assertThat(cut.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
                assertNothingHeld(proxy);
                assertThat(proxy.ledger.summary().leaksTotal()).isZero();
            }
        }

        @Test
        void followRequestTimeout() throws Exception {
            AtomicReference<Duration> left = new AtomicReference<>();
            try (FilteringProxy proxy = serving(Duration.ofMillis(300), context -> {
                left.set(context.remaining());
                new CountDownLatch(1).await();
                return FilterResult.NEXT;
            })) {
                assertThat(proxy.get("/").statusCode()).isEqualTo(504);
                assertThat(left.get()).isBetween(Duration.ZERO, Duration.ofMillis(300));
                assertNothingHeld(proxy);
            }
        }

        @Test
        void ignoredMakeOrphanWhoseLateWorkIsDropped() throws Exception {
            Semaphore mayEnd = new Semaphore(0);
            CompletableFuture<Throwable> late = new CompletableFuture<>();
            try (FilteringProxy proxy = serving(Duration.ofMillis(300), context -> {
                mayEnd.acquireUninterruptibly();
                try {
                    context.send(FilteringProxy.BACKEND, BackendRequest.get("/late"));
                } catch (Throwable t) {
                    late.complete(t);
                }
                return FilterResult.respond(200, "too late".getBytes());
            })) {
                assertThat(proxy.get("/").statusCode()).isEqualTo(504);
                await().until(() -> proxy.runtime.orphans() == 1);

                mayEnd.release();
                assertThat(late.get(10, TimeUnit.SECONDS)).isInstanceOf(ExchangeEndedException.class);
                assertNothingHeld(proxy);
            }
        }

        @Test
        void ignoredBySpinningFiltersMakeRuleRespond503() throws Exception {
            AtomicBoolean spin = new AtomicBoolean(true);
            try (FilteringProxy proxy = serving(Duration.ofMillis(500), context -> {
                while (spin.get()) {
                    Thread.onSpinWait();
                }
                return FilterResult.NEXT;
            })) {
                try {
                    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
                        assertThat(proxy.get("/").statusCode()).isIn(503, 504);
                    }
                    await().until(() -> proxy.runtime.isOverloaded());
                    assertThat(proxy.runtime.schedulerDelay()).isGreaterThan(Duration.ofSeconds(1));
                    assertThat(proxy.get("/").statusCode()).isEqualTo(503);
                } finally {
                    spin.set(false);
                }
                await().until(() -> proxy.get("/").statusCode() == 200);
                assertNothingHeld(proxy);
            }
        }
    }

    @Nested
    class Bodies {

        @Test
        void slowFilterSlowsDownSender() throws Exception {
            AtomicLong read = new AtomicLong();
            Semaphore mayRead = new Semaphore(0);
            try (FilteringProxy proxy = serving(context -> {
                mayRead.acquire();
                try (InputStream body = context.body()) {
                    byte[] buffer = new byte[8 << 10];
                    for (int n; (n = body.read(buffer)) >= 0; ) {
                        read.addAndGet(n);
                    }
                }
                return FilterResult.NEXT;
            })) {
                long size = 256 << 20;
                AtomicLong sent = new AtomicLong();
                try (Socket client = proxy.connect()) {
                    OutputStream out = client.getOutputStream();
                    out.write(("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n").getBytes());
                    Thread sender = Thread.ofPlatform().start(() -> {
                        byte[] chunk = new byte[64 << 10];
                        try {
                            while (sent.get() < size) {
                                out.write(chunk);
                                sent.addAndGet(chunk.length);
                            }
                        } catch (java.io.IOException e) {
                            // The assertions below fail then.
                        }
                    });
                    // The sender stalls long before the end of the body: only the socket buffers are full.
                    AtomicLong before = new AtomicLong(-1);
                    await().during(Duration.ofMillis(500))
                            .until(() -> before.getAndSet(sent.get()) == sent.get() && sent.get() > 0);
                    assertThat(sent.get()).isLessThan(size / 2);

                    mayRead.release();
                    sender.join();
                    String response = new String(client.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
                    assertThat(response).isEqualTo("HTTP/1.1 200");
                }
                assertThat(read).hasValue(size);
                assertNothingHeld(proxy);
            }
        }

        @Test
        void unreadRestReachesBackend() throws Exception {
            try (FilteringProxy proxy = serving(context -> {
                context.body().readNBytes(1000);
                return FilterResult.NEXT;
            })) {
                byte[] body = new byte[1 << 20];
                HttpResponse<String> response = proxy.send(HttpRequest.newBuilder(proxy.uri("/up"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build());

                assertThat(response.body()).isEqualTo("POST /up " + (body.length - 1000));
                assertNothingHeld(proxy);
            }
        }

        @Test
        void replacementReachesBackend() throws Exception {
            try (FilteringProxy proxy = serving(context -> FilterResult.nextWith(new byte[77]))) {
                HttpResponse<String> response = proxy.send(HttpRequest.newBuilder(proxy.uri("/up"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1 << 20]))
                        .build());

                assertThat(response.body()).isEqualTo("POST /up 77");
                assertNothingHeld(proxy);
            }
        }
    }

    @Nested
    class Configuration {

        @Test
        void keepsUnchangedInstanceUntilItsLastExchangeEnds() throws Exception {
            var probed = FilteringProxy.custom("probed", Probed.class.getName(), Map.of("id", "swap"));
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            try (FilteringProxy proxy = new FilteringProxy(directory, Duration.ofSeconds(20))) {
                proxy.serve(probed);
                proxy.get("/");
                proxy.serve(probed, FilteringProxy.scripted("waits", context -> {
                    inside.countDown();
                    mayEnd.await();
                    return FilterResult.NEXT;
                }));
                CompletableFuture<Integer> waiting = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    try {
                        waiting.complete(proxy.get("/").statusCode());
                    } catch (Exception e) {
                        waiting.completeExceptionally(e);
                    }
                });
                inside.await();
                assertThat(Probed.count("swap", "configured")).isEqualTo(1);

                proxy.serve(); // the waiting exchange keeps its document
                assertThat(proxy.get("/").statusCode()).isEqualTo(200);
                assertThat(Probed.count("swap", "closed")).isZero();

                mayEnd.countDown();
                assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(200);
                await().until(() -> Probed.count("swap", "closed") == 1);
            }
        }

        @Test
        void reportsRejectedFilterWithItsPath() throws Exception {
            try (FilteringProxy proxy = new FilteringProxy(directory, Duration.ofSeconds(20))) {
                org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                        .isThrownBy(() -> proxy.serve(
                                FilteringProxy.custom("ok", Probed.class.getName(), Map.of("id", "path")),
                                FilteringProxy.custom("gone", "com.example.Gone", Map.of()),
                                FilteringProxy.custom(
                                        "bad", Probed.class.getName(), Map.of("reject", "option x is wrong"))))
                        .withMessageContaining(
                                "rules[0].filters[1].className: Filter gone: class com.example.Gone is in none")
                        .withMessageContaining("rules[0].filters[2].config: Filter bad: option x is wrong.");
            }
        }
    }

    @Nested
    class Leases {

        @Test
        void sendSeveralRequestsOnOneConnection() throws Exception {
            try (FilteringProxy proxy = serving(context -> {
                StringBuilder all = new StringBuilder();
                try (var lease = context.acquire(FilteringProxy.BACKEND)) {
                    for (int i = 0; i < 3; i++) {
                        try (BackendResponse response = lease.send(BackendRequest.get("/n" + i))) {
                            all.append(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                                    .append(';');
                        }
                    }
                }
                return FilterResult.respond(200, all.toString().getBytes());
            })) {
                assertThat(proxy.get("/").body()).isEqualTo("GET /n0 0;GET /n1 0;GET /n2 0;");
                assertThat(proxy.pool().acquiresTotal()).isEqualTo(1);
                assertNothingHeld(proxy);
            }
        }

        @Test
        void throwIOExceptionWhenConnectionHasClosed() throws Exception {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            try (FilteringProxy proxy = serving(Duration.ofSeconds(5), context -> {
                try (var lease = context.acquire(FilteringProxy.BACKEND)) {
                    try (BackendResponse response = lease.send(BackendRequest.get(FilteringProxy.LAST))) {
                        response.body().readAllBytes();
                    }
                    lease.send(BackendRequest.get("/next"));
                } catch (Exception e) {
                    seen.set(e);
                }
                return FilterResult.NEXT;
            })) {
                assertThat(proxy.get("/").statusCode()).isEqualTo(200);
                assertThat(seen.get())
                        .isInstanceOf(java.io.IOException.class)
                        .hasMessageStartingWith("the backend closed the connection");
                assertNothingHeld(proxy);
            }
        }

        @Test
        void throwIOExceptionForUnknownBackend() throws Exception {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            try (FilteringProxy proxy = serving((FilterContext context) -> {
                try {
                    context.acquire("shop/other:80");
                } catch (java.io.IOException e) {
                    seen.set(e);
                }
                return FilterResult.NEXT;
            })) {
                proxy.get("/");
                assertThat(seen.get()).hasMessage("the route has no backend shop/other:80; use one of [shop/cart:80]");
            }
        }
    }
}
