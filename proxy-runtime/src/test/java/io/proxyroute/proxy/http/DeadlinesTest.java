package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The timeouts of an exchange, and what each of them does not bound. */
@ExtendWith(NoLeaks.class)
class DeadlinesTest {

    private static RawBackend silent() {
        return RawBackend.scripted(peer -> {
            peer.head();
            peer.in().readAllBytes();
        });
    }

    @Nested
    class BackendTimeout {

        @Test
        void endsAttemptOnSilentBackend() throws Exception {
            try (RawBackend backend = silent();
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(5000, 200, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    RawHttp.Message response = client.get("/").response();

                    assertThat(response.status()).isEqualTo(504);
                    assertThat(response.text()).contains("BACKEND_TIMEOUT");
                    await().until(() -> backend.open() == 0);
                    assertThat(client.get("/").response().status()).isEqualTo(504);
                }
            }
        }

        @Test
        void ofRuleOverridesDocument() throws Exception {
            Rule patient = new Rule(
                    "patient",
                    null,
                    null,
                    List.of(new BackendRef("b", 1)),
                    new RuleTimeouts(Duration.ZERO, Duration.ofMillis(300)),
                    null);
            try (RawBackend backend = silent();
                    ProxyFixture proxy = new ProxyFixture(1)
                            .backend("b", backend.endpoint())
                            .rule(patient)
                            .timeouts(1, 1, 60_000, 0)
                            .apply();
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().text()).contains("BACKEND_TIMEOUT");
            }
        }

        @Test
        void isNotExtendedByInterimResponses() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        while (true) {
                            TimeUnit.MILLISECONDS.sleep(20); // the backend is slow
                            peer.send("HTTP/1.1 102 Processing\r\n\r\n");
                        }
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 300, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    assertThat(client.get("/").response().text()).contains("BACKEND_TIMEOUT");
                }
            }
        }

        @Test
        void doesNotCountWhileBodyIsSent() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        TimeUnit.MILLISECONDS.sleep(1500); // the backend is slow
                        peer.send(RawBackend.ok("" + peer.in().readNBytes(40_000_000).length));
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(600, 500, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    Thread sender = upload(client, 40);

                    assertThat(client.response().text()).isEqualTo("40000000");
                    sender.join();
                }
            }
        }

        @Test
        void endsAttemptWhenBackendStopsReadingBody() throws Exception {
            CountDownLatch end = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.head();
                        end.await();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 300, 0).apply();
                try (RawClient client = proxy.client()) {
                    Thread sender = upload(client, 100);

                    assertThat(client.response().text()).contains("BACKEND_TIMEOUT");
                    client.close();
                    sender.join();
                } finally {
                    end.countDown();
                }
            }
        }

        @Test
        void startsAtEndOfBody() throws Exception {
            try (RawBackend backend = silent();
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 300, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
                    await().until(() -> backend.requests.size() == 1);
                    client.send("b");

                    assertThat(client.response().text()).contains("BACKEND_TIMEOUT");
                }
            }
        }
    }

    @Nested
    class RequestTimeout {

        @Test
        void endsExchangeWithoutBackendTimeout() throws Exception {
            try (RawBackend backend = silent();
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(200, 0, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    assertThat(client.get("/").response().text()).contains("REQUEST_TIMEOUT");
                }
            }
        }

        @Test
        void doesNotCutLongResponse() throws Exception {
            CountDownLatch timeoutPassed = new CountDownLatch(1);
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                        timeoutPassed.await();
                        peer.send("world");
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(200, 100, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    RawHttp.Message head = RawHttp.head(client.in());
                    assertThat(head.status()).isEqualTo(200);
                    // Two more exchanges time out before it, so the first one is past its timeout.
                    for (int i = 0; i < 2; i++) {
                        try (RawClient other = proxy.client()) {
                            other.get("/");
                            RawHttp.head(other.in());
                        }
                    }
                    await().pollDelay(Duration.ofMillis(400)).until(() -> true);
                    timeoutPassed.countDown();
                    assertThat(client.in().readNBytes(10)).asString().isEqualTo("helloworld");
                }
            }
        }

        @Test
        void doesNotCutLongUpload() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok("" + r.body().length));
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(300, 200, 60_000, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
                    for (int i = 0; i < 10; i++) {
                        await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                        client.send("x");
                    }
                    assertThat(client.response().text()).isEqualTo("10");
                }
            }
        }
    }

    @Nested
    class IdleTimeout {

        @Test
        void cutsResponseOfSilentBackend() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 200, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    assertThatThrownBy(client::response).isInstanceOf(IOException.class);
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_IDLE);
                    assertThat(proxy.frontend().counts().proxyErrorsTotal()).isEqualTo(1);
                    assertThat(proxy.frontend().counts().proxyFaultsTotal()).isZero();
                    await().until(() -> backend.open() == 0);
                }
            }
        }

        @Test
        void doesNotCutResponseThatProgresses() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                        for (int i = 0; i < 10; i++) {
                            TimeUnit.MILLISECONDS.sleep(80); // the backend is slow
                            peer.send("x");
                        }
                        peer.in().read();
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 250, 0).apply();
                try (RawClient client = proxy.client()) {
                    assertThat(client.get("/").response().text()).hasSize(10);
                }
            }
        }

        @Test
        void blamesClientThatStopsReading() throws Exception {
            String response = RawBackend.ok("x".repeat(50_000_000));
            try (RawBackend backend = RawBackend.responding(r -> response);
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 300, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/");

                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_STALLED);
                    assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
                }
            }
        }

        @Test
        void responds408WhenClientStopsSending() throws Exception {
            try (RawBackend backend = silent();
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(100, 100, 300, 0).apply();
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

                    assertThat(client.response().status()).isEqualTo(408);
                    assertThat(client.isClosedCleanly()).isTrue();
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_IDLE);
                }
            }
        }
    }

    @Test
    void readsInterimResponsesNoFasterThanClient() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        int all = 8_000;
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    String interim = "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(8000) + "\r\n\r\n";
                    while (sent.getAndIncrement() < all) {
                        peer.send(interim);
                    }
                    peer.send(RawBackend.ok("done"));
                    peer.in().read();
                });
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            proxy.timeouts(0, 0, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                int[] before = {-1};
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(300))
                        .until(() -> {
                            int now = sent.get();
                            boolean still = now == before[0] && now > 0;
                            before[0] = now;
                            return still;
                        });
                assertThat(sent.get()).isLessThan(all / 2);
                assertThat(client.response().text()).isEqualTo("done");
            }
        }
    }

    @Nested
    class MaxStreamDuration {

        @Test
        void cutsEndlessResponse() throws Exception {
            try (RawBackend backend = RawBackend.scripted(peer -> {
                        peer.request();
                        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                        while (true) {
                            TimeUnit.MILLISECONDS.sleep(20); // the backend is slow
                            peer.send("1\r\nx\r\n");
                        }
                    });
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 60_000, 300).apply();
                try (RawClient client = proxy.client()) {
                    client.get("/");
                    assertThatThrownBy(client::response).isInstanceOf(IOException.class);
                    assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_TIMEOUT);
                }
            }
        }

        @Test
        void responds408ToEndlessUpload() throws Exception {
            try (RawBackend backend = silent();
                    ProxyFixture proxy = ProxyFixture.to(backend)) {
                proxy.timeouts(0, 0, 60_000, 200).apply();
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

                    assertThat(client.response().status()).isEqualTo(408);
                    assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
                }
            }
        }
    }

    /** Sends a body that is larger than all buffers between client and backend. */
    private static Thread upload(RawClient client, int megabytes) {
        return Thread.ofVirtual().start(() -> {
            try {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + megabytes * 1_000_000 + "\r\n\r\n");
                for (int i = 0; i < megabytes; i++) {
                    client.send(new byte[1_000_000]);
                }
            } catch (IOException e) {
                // The proxy closed the connection.
            }
        });
    }

    @Test
    void zeroDisablesTimeouts() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.responding(r -> {
                    go.await();
                    return RawBackend.ok("x");
                });
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            proxy.timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                await().pollDelay(Duration.ofMillis(300)).until(() -> proxy.ended.isEmpty());
                go.countDown();
                assertThat(client.response().text()).isEqualTo("x");
            }
        }
    }
}
