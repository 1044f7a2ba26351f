package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.Match;
import io.proxyroute.contract.config.MatchType;
import io.proxyroute.contract.config.PathMatch;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Documents change under traffic: no request fails, and a running exchange keeps its configuration. */
@ExtendWith(NoLeaks.class)
class ReconfigurationTest {

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Rule prefix(String name, String path, String backend) {
        return new Rule(
                name,
                List.of(new Match(new PathMatch(MatchType.PathPrefix, path), null, null, null)),
                null,
                List.of(new BackendRef(backend, 1)),
                null,
                null);
    }

    @Nested
    class Rules {

        @Test
        void matchHostnameAndPath() throws Exception {
            try (RawBackend one = RawBackend.respondingWith("one");
                    RawBackend two = RawBackend.respondingWith("two");
                    ProxyFixture proxy = new ProxyFixture(1)
                            .listeners(new Listener("http", 0, List.of("*.example.com")))
                            .backend("one", one.endpoint())
                            .backend("two", two.endpoint())
                            .rules(prefix("1", "/one", "one"), prefix("2", "/two", "two"))
                            .apply();
                    RawClient client = proxy.client()) {
                client.send("GET /one/x HTTP/1.1\r\nHost: A.Example.com:8080\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("one");
                client.send("GET /two HTTP/1.1\r\nHost: b.example.com\r\n\r\n");
                assertThat(client.response().text()).isEqualTo("two");
                client.send("GET /three HTTP/1.1\r\nHost: b.example.com\r\n\r\n");
                assertThat(client.response().text()).contains("NO_RULE");
                client.send("GET /one HTTP/1.1\r\nHost: example.org\r\n\r\n");
                RawHttp.Message rejected = client.response();
                assertThat(rejected.status()).isEqualTo(404);
                assertThat(rejected.header("connection")).isNull();
            }
        }

        @Test
        void ofRunningExchangeStayInUse() throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            AtomicBoolean retired = new AtomicBoolean();
            try (RawBackend old = RawBackend.responding(r -> {
                        go.await();
                        return RawBackend.ok("old");
                    });
                    RawBackend fresh = RawBackend.respondingWith("new");
                    ProxyFixture proxy = new ProxyFixture(2);
                    RawClient before = start(proxy, old, retired);
                    RawClient after = proxy.client()) {
                before.get("/");
                await().until(() -> old.requests.size() == 1);

                proxy.backend("new", fresh.endpoint())
                        .rules(ProxyFixture.catchAllRule("new"))
                        .apply();
                assertThat(after.get("/").response().text()).isEqualTo("new");
                assertThat(retired).isFalse();
                go.countDown();
                assertThat(before.response().text()).isEqualTo("old");
                await().untilTrue(retired);
                assertThat(before.get("/").response().text()).isEqualTo("new");
            }
        }

        @Test
        void changeUnderTrafficWithoutFailedRequest() throws Exception {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger served = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            try (RawBackend one = RawBackend.respondingWith("x");
                    RawBackend two = RawBackend.respondingWith("x");
                    ProxyFixture proxy = new ProxyFixture(2)
                            .backend("b", one.endpoint())
                            .rule(ProxyFixture.catchAllRule("b"))
                            .apply()) {
                List<Thread> clients = IntStream.range(0, 8)
                        .mapToObj(i -> Thread.ofVirtual().start(() -> {
                            try (RawClient client = proxy.client()) {
                                while (!stop.get()) {
                                    if (client.get("/").response().status() == 200) {
                                        served.incrementAndGet();
                                    } else {
                                        failed.incrementAndGet();
                                    }
                                }
                            } catch (IOException e) {
                                failed.incrementAndGet();
                            }
                        }))
                        .toList();
                for (int i = 0; i < 60; i++) {
                    int goal = served.get() + 20;
                    switch (i % 3) {
                        case 0 -> proxy.backend("b", two.endpoint());
                        case 1 -> proxy.backend("b", one.endpoint());
                        default -> proxy.rules(prefix("r" + i, "/", "b")).apply();
                    }
                    await().atMost(10, TimeUnit.SECONDS).until(() -> served.get() >= goal || failed.get() > 0);
                }
                stop.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                assertThat(failed).hasValue(0);
                assertThat(served).hasValueGreaterThan(1000);
            }
        }
    }

    private static RawClient start(ProxyFixture proxy, RawBackend old, AtomicBoolean retired) {
        proxy.backend("old", old.endpoint())
                .rule(ProxyFixture.catchAllRule("old"))
                .apply(Map.of(), () -> retired.set(true));
        return proxy.client();
    }

    @Nested
    class Listeners {

        @Test
        void areAddedAndRemoved() throws Exception {
            int first = freePort();
            int second = freePort();
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.listeners(new Listener("a", first, null)).apply();
                try (RawClient client = new RawClient(first)) {
                    assertThat(client.get("/").response().text()).isEqualTo("x");

                    proxy.listeners(new Listener("a", first, null), new Listener("b", second, null))
                            .apply();
                    try (RawClient other = new RawClient(second)) {
                        assertThat(other.get("/").response().text()).isEqualTo("x");
                    }
                    proxy.listeners(new Listener("b", second, null)).apply();
                    await().untilAsserted(() -> assertThatThrownBy(() -> new RawClient(first).close())
                            .hasMessageContaining("refused"));
                    RawHttp.Message last = client.get("/").response();
                    assertThat(last.text()).isEqualTo("x");
                    assertThat(last.header("connection")).isEqualTo("close");
                    assertThat(client.isClosedCleanly()).isTrue();
                }
            }
        }

        @Test
        void serveTheirBacklogWhenTheyAreRemoved() throws Exception {
            int port = freePort();
            CountDownLatch go = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.listeners(new Listener("a", port, null)).apply();
                proxy.loops().all().getFirst().execute(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                List<RawClient> backlog = new ArrayList<>();
                try {
                    for (int i = 0; i < 20; i++) {
                        RawClient client = new RawClient(port);
                        backlog.add(client);
                        client.get("/");
                    }
                    Thread apply = Thread.ofVirtual().start(() -> proxy.listeners(new Listener("b", 0, null))
                            .apply());
                    go.countDown();
                    apply.join();
                    for (RawClient client : backlog) {
                        RawHttp.Message response = client.response();
                        assertThat(response.text()).isEqualTo("x");
                    }
                } finally {
                    go.countDown();
                    for (RawClient client : backlog) {
                        client.close();
                    }
                }
            }
        }

        @Test
        void mayReturnWhileTheyClose() throws Exception {
            int port = freePort();
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                for (int i = 0; i < 10; i++) {
                    proxy.listeners(new Listener("a", port, null)).apply();
                    proxy.listeners(new Listener("b", 0, null)).apply();
                    proxy.listeners(new Listener("a", port, null)).apply();
                    try (RawClient client = new RawClient(port)) {
                        RawHttp.Message response = client.get("/").response();
                        assertThat(response.text()).isEqualTo("x");
                        assertThat(response.header("connection")).isNull();
                    }
                }
            }
        }

        @Test
        void mayBeRenamed() throws Exception {
            int port = freePort();
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.listeners(new Listener("old", port, List.of("a.example"))).apply();
                try (RawClient client = new RawClient(port)) {
                    client.send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
                    assertThat(client.response().text()).isEqualTo("x");

                    proxy.listeners(new Listener("new", port, List.of("b.example")))
                            .apply();
                    assertThat(proxy.frontend().port("old")).isEqualTo(-1);
                    assertThat(proxy.frontend().port("new")).isEqualTo(port);
                    client.send("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n");
                    RawHttp.Message response = client.response();
                    assertThat(response.text()).isEqualTo("x");
                    assertThat(response.header("connection")).isNull();
                }
            }
        }

        @Test
        void maySwapPorts() throws Exception {
            int first = freePort();
            int second = freePort();
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                List<String> a = List.of("a.example");
                List<String> b = List.of("b.example");
                proxy.listeners(new Listener("a", first, a), new Listener("b", second, b))
                        .apply();
                proxy.listeners(new Listener("a", second, a), new Listener("b", first, b))
                        .apply();

                assertThat(statusFor("a.example", second)).isEqualTo(200);
                assertThat(statusFor("b.example", first)).isEqualTo(200);
                assertThat(statusFor("a.example", first)).isEqualTo(404);
            }
        }

        @Test
        void areNotOpenedWhileDraining() throws Exception {
            int port = freePort();
            int another = freePort();
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.listeners(new Listener("a", port, null)).apply();
                try (RawClient client = new RawClient(port)) {
                    assertThat(client.get("/").response().text()).isEqualTo("x");
                    proxy.frontend().beginDrain();
                    proxy.listeners(new Listener("a", port, null), new Listener("b", another, null))
                            .apply();
                    assertThatThrownBy(() -> new RawClient(another).close()).hasMessageContaining("refused");

                    proxy.frontend().stopAccepting().awaitUninterruptibly();
                    proxy.backend("late", backend.endpoint())
                            .rules(prefix("late", "/", "late"))
                            .apply();
                    assertThatThrownBy(() -> new RawClient(port).close()).hasMessageContaining("refused");
                    assertThat(client.get("/").response().text()).isEqualTo("x");
                    assertThat(proxy.awaitEnded(2).rule())
                            .as("the new rules are served")
                            .isEqualTo("late");
                }
            }
        }

        @Test
        void stayAsTheyWereIfOnePortIsTaken() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                int port = proxy.port();
                assertThatThrownBy(() -> proxy.listeners(
                                        new Listener("more", 0, null),
                                        new Listener("taken", taken.getLocalPort(), null))
                                .rules()
                                .apply())
                        .hasMessageContaining("listener taken cannot be bound");

                assertThat(proxy.frontend().port("more")).isEqualTo(-1);
                assertThat(client.get("/").response().text()).isEqualTo("x");
                try (RawClient other = new RawClient(port)) {
                    assertThat(other.get("/").response().text()).isEqualTo("x");
                }
                proxy.listeners(new Listener("http", 0, null));
            }
        }
    }

    private static int statusFor(String host, int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .response()
                    .status();
        }
    }
}
