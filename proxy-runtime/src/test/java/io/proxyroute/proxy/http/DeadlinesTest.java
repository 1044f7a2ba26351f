package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleTimeouts;
import io.proxyroute.proxy.harness.Fixture;
import io.proxyroute.proxy.harness.Http;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every time of an exchange, and what each of them does not rule. */
@ExtendWith(NoLeaks.class)
class DeadlinesTest {

    private static RawBackend silent() {
        return RawBackend.scripted(peer -> {
            peer.head();
            peer.in().readAllBytes();
        });
    }

    @Test
    void aBackendThatDoesNotAnswerIsGivenUp() throws Exception {
        try (RawBackend backend = silent();
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(5000, 200, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                Http.Message answer = client.get("/").answer();

                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.text()).contains("BACKEND_TIMEOUT");
                await().until(() -> backend.open() == 0);
                assertThat(client.get("/").answer().status()).isEqualTo(504);
            }
        }
    }

    @Test
    void theRequestsTimeRulesOverTheAttempts() throws Exception {
        try (RawBackend backend = silent();
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(200, 0, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/").answer().text()).contains("REQUEST_TIMEOUT");
            }
        }
    }

    @Test
    void aRulesOwnTimesTakeTheDocumentsPlace() throws Exception {
        Rule patient = new Rule(
                "patient",
                null,
                null,
                List.of(new BackendRef("b", 1)),
                new RuleTimeouts(Duration.ZERO, Duration.ofMillis(300)),
                null);
        try (RawBackend backend = silent();
                Fixture proxy = new Fixture(1)
                        .backend("b", backend.endpoint())
                        .rule(patient)
                        .timeouts(1, 1, 60_000, 0)
                        .apply();
                RawClient client = proxy.client()) {
            assertThat(client.get("/").answer().text()).contains("BACKEND_TIMEOUT");
        }
    }

    @Test
    void aLongAnswerOutlivesTheRequestsTime() throws Exception {
        CountDownLatch timeIsOver = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                    timeIsOver.await();
                    peer.send("world");
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(200, 100, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                Http.Message head = Http.head(client.in());
                assertThat(head.status()).isEqualTo(200);
                // Two more exchanges time out meanwhile: the clock that rules this one has struck.
                for (int i = 0; i < 2; i++) {
                    try (RawClient other = proxy.client()) {
                        other.get("/");
                        Http.head(other.in());
                    }
                }
                await().pollDelay(Duration.ofMillis(400)).until(() -> true);
                timeIsOver.countDown();
                assertThat(client.in().readNBytes(10)).asString().isEqualTo("helloworld");
            }
        }
    }

    @Test
    void aLongUploadOutlivesTheRequestsTime() throws Exception {
        try (RawBackend backend = RawBackend.answering(r -> RawBackend.ok("" + r.body().length));
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(300, 200, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
                for (int i = 0; i < 10; i++) {
                    await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                    client.send("x");
                }
                assertThat(client.answer().text()).isEqualTo("10");
            }
        }
    }

    @Test
    void aSilentAnswerIsCut() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 200, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_IDLE);
                assertThat(proxy.frontend().counts().proxyErrorsTotal()).isEqualTo(1);
                assertThat(proxy.frontend().counts().proxyFaultsTotal()).isZero();
                await().until(() -> backend.open() == 0);
            }
        }
    }

    @Test
    void aClientThatTakesNothingOfItsAnswerFailsByItself() throws Exception {
        String answer = RawBackend.ok("x".repeat(50_000_000));
        try (RawBackend backend = RawBackend.answering(r -> answer);
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 300, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");

                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_STALLED);
                assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
            }
        }
    }

    @Test
    void interimAnswersBuyNoTime() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    while (true) {
                        TimeUnit.MILLISECONDS.sleep(20); // the backend's pace, not the test's
                        peer.send("HTTP/1.1 102 Processing\r\n\r\n");
                    }
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 300, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/").answer().text()).contains("BACKEND_TIMEOUT");
            }
        }
    }

    @Test
    void interimAnswersAreReadNoFasterThanTheClientTakesThem() throws Exception {
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
                Fixture proxy = Fixture.to(backend)) {
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
                assertThat(client.answer().text()).isEqualTo("done");
            }
        }
    }

    @Test
    void anAnswerThatKeepsMovingIsNotSilent() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                    for (int i = 0; i < 10; i++) {
                        TimeUnit.MILLISECONDS.sleep(80); // the backend's pace, not the test's
                        peer.send("x");
                    }
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 250, 0).apply();
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/").answer().text()).hasSize(10);
            }
        }
    }

    @Test
    void aStreamEndsAtItsLongestDuration() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while (true) {
                        TimeUnit.MILLISECONDS.sleep(20); // the backend's pace, not the test's
                        peer.send("1\r\nx\r\n");
                    }
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 60_000, 300).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.STREAM_TIMEOUT);
            }
        }
    }

    @Test
    void aClientThatFallsSilentInItsBodyIsAnsweredWith408() throws Exception {
        try (RawBackend backend = silent();
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(100, 100, 300, 0).apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

                assertThat(client.answer().status()).isEqualTo(408);
                assertThat(client.closed()).isTrue();
                assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.CLIENT_IDLE);
            }
        }
    }

    @Test
    void anUploadLongerThanAStreamMayBeIsTheClientsFault() throws Exception {
        try (RawBackend backend = silent();
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 60_000, 200).apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

                assertThat(client.answer().status()).isEqualTo(408);
                assertThat(proxy.frontend().counts().proxyErrorsTotal()).isZero();
            }
        }
    }

    /** Sends a body larger than everything between client and backend holds. */
    private static Thread upload(RawClient client, int megabytes) {
        return Thread.ofVirtual().start(() -> {
            try {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + megabytes * 1_000_000 + "\r\n\r\n");
                for (int i = 0; i < megabytes; i++) {
                    client.send(new byte[1_000_000]);
                }
            } catch (IOException e) {
                // the proxy gave up
            }
        });
    }

    @Test
    void aBackendThatRestsWhileItTakesTheBodyIsNotGivenUp() throws Exception {
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    TimeUnit.MILLISECONDS.sleep(1500); // the backend's pace, not the test's
                    peer.send(RawBackend.ok("" + peer.in().readNBytes(40_000_000).length));
                    peer.in().read();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(600, 500, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                Thread sender = upload(client, 40);

                assertThat(client.answer().text()).isEqualTo("40000000");
                sender.join();
            }
        }
    }

    @Test
    void aBackendThatDoesNotTakeTheBodyIsGivenUp() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.scripted(peer -> {
                    peer.head();
                    end.await();
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 300, 0).apply();
            try (RawClient client = proxy.client()) {
                Thread sender = upload(client, 100);

                assertThat(client.answer().text()).contains("BACKEND_TIMEOUT");
                client.close();
                sender.join();
            } finally {
                end.countDown();
            }
        }
    }

    @Test
    void theBackendsTimeBeginsWhenTheBodyIsComplete() throws Exception {
        try (RawBackend backend = silent();
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 300, 60_000, 0).apply();
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
                await().until(() -> backend.requests.size() == 1);
                client.send("b");

                assertThat(client.answer().text()).contains("BACKEND_TIMEOUT");
            }
        }
    }

    @Test
    void zeroMeansNone() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.answering(r -> {
                    go.await();
                    return RawBackend.ok("x");
                });
                Fixture proxy = Fixture.to(backend)) {
            proxy.timeouts(0, 0, 0, 0).apply();
            try (RawClient client = proxy.client()) {
                client.get("/");
                await().pollDelay(Duration.ofMillis(300)).until(() -> proxy.ended.isEmpty());
                go.countDown();
                assertThat(client.answer().text()).isEqualTo("x");
            }
        }
    }
}
