package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.Limits;
import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import io.proxyroute.proxy.stream.EndCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of a route on what clients may send. */
@ExtendWith(NoLeaks.class)
class LimitsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static ProxyFixture proxy(RawBackend backend, Limits limits) {
        return new ProxyFixture(2)
                .backend("b", backend.endpoint())
                .rule(ProxyFixture.catchAllRule("b"))
                .limits(limits)
                .apply();
    }

    private static int status(ProxyFixture proxy, String request) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send(request);
            return client.response().status();
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 200", "1001, 414"})
    void applyToRequestLine(int length, int status) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(1000, 32768, 100, 0, 2, 0))) {
            String target = "/" + "x".repeat(length - "GET / HTTP/1.1".length());
            assertThat(status(proxy, "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"1900, 200", "2100, 431"})
    void applyToSizeOfHeaders(int length, int status) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(8192, 2000, 100, 0, 2, 0))) {
            assertThat(status(proxy, GET + "X: " + "y".repeat(length) + "\r\n\r\n"))
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"49, 200", "50, 431"})
    void applyToNumberOfHeaders(int more, int status) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(8192, 32768, 50, 0, 2, 0))) {
            assertThat(status(proxy, GET + "X: y\r\n".repeat(more) + "\r\n")).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 200", "17, 400"})
    void applyToOptionsOfConnection(int options, int status) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = ProxyFixture.to(backend)) {
            String value = "x,".repeat(options - 1) + "x";
            assertThat(status(proxy, GET + "Connection: " + value + "\r\n\r\n")).isEqualTo(status);
        }
    }

    @Test
    void refuseBodyThatIsAnnouncedTooLarge() throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(8192, 32768, 100, 1000, 2, 0));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(413);
            assertThat(status(proxy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000)))
                    .isEqualTo(200);
            assertThat(backend.requests).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000", "200000"})
    void refuseChunkedBodyThatBecomesTooLarge(int limit) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(8192, 32768, 100, limit, 2, 0));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "1f4\r\n" + "x".repeat(500) + "\r\n";
            client.send(chunk.repeat(limit / 500));
            client.send(chunk);
            assertThat(client.response().status()).isEqualTo(413);
            assertThat(proxy.awaitEnded(1).cause()).isEqualTo(EndCause.BODY_TOO_LARGE);
        }
    }

    @Test
    void refuseThirdRequestOfOneClient() throws Exception {
        CountDownLatch respond = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.responding(r -> {
                    respond.await();
                    return RawBackend.ok("x");
                });
                ProxyFixture proxy = proxy(backend, new Limits(8192, 32768, 100, 0, 2, 2))) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                RawClient client = proxy.client();
                clients.add(client);
                client.get("/");
            }
            await().until(() -> backend.requests.size() == 2);
            try (RawClient third = proxy.client()) {
                RawHttp.Message refused = third.get("/").response();
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.header("retry-after")).isEqualTo("1");
                assertThat(refused.text()).contains("TOO_MANY_REQUESTS");
            }
            proxy.trust(new TrustedProxies(1, null)).apply();
            RawClient other = proxy.client();
            clients.add(other);
            other.send(GET + "X-Forwarded-For: 192.0.2.7\r\n\r\n");
            await().until(() -> backend.requests.size() == 3);
            respond.countDown();
            for (RawClient client : clients) {
                assertThat(client.response().status()).isEqualTo(200);
                client.close();
            }
            assertThat(status(proxy, GET + "\r\n")).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 508", "2, 200"})
    void applyToPassesThroughTheRoute(int passes, int status) throws Exception {
        try (RawBackend backend = RawBackend.respondingWith("x");
                ProxyFixture proxy = proxy(backend, new Limits(8192, 32768, 100, 0, passes, 0))) {
            assertThat(status(proxy, GET + "\r\n")).isEqualTo(200);
            String via = backend.requests.getFirst().header("via");
            assertThat(status(proxy, GET + "Via: " + via + "\r\n\r\n")).isEqualTo(status);
        }
    }
}
