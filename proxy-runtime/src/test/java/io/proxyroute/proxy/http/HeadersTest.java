package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields that the proxy adds, removes and changes. */
@ExtendWith(NoLeaks.class)
class HeadersTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static ProxyFixture behindTrustedProxy(RawBackend backend) {
        return ProxyFixture.to(backend).trust(new TrustedProxies(1, null)).apply();
    }

    @Nested
    class HopByHopFields {

        @Test
        void ofRequestAreRemoved() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(GET + "Connection: keep-alive, X-Once\r\nX-Once: 1\r\nKeep-Alive: 5\r\n"
                        + "Proxy-Connection: keep-alive\r\nTE: deflate\r\nUpgrade: h2c\r\nProxy-Authorization: Basic x\r\n"
                        + "X-Always: 2\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(200);

                RawHttp.Message request = backend.requests.getFirst();
                assertThat(request.headers().stream().map(h -> h.split(":")[0].toLowerCase()))
                        .containsExactlyInAnyOrder(
                                "host",
                                "x-always",
                                "x-forwarded-for",
                                "x-forwarded-host",
                                "x-forwarded-port",
                                "x-forwarded-proto",
                                "x-real-ip",
                                "traceparent",
                                "via",
                                "x-request-timeout-ms");
                assertThat(request.header("host")).isEqualTo("a");
            }
        }

        @Test
        void ofResponseAreRemoved() throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                            + "Connection: keep-alive, X-Once\r\nX-Once: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\n"
                            + "Proxy-Authenticate: Basic\r\nX-Always: 2\r\n\r\nx");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().headers())
                        .map(String::toLowerCase)
                        .filteredOn(field -> !field.startsWith("date: "))
                        .containsExactlyInAnyOrder("content-length: 1", "x-always: 2");
                assertThat(client.get("/").response().text()).isEqualTo("x");
                assertThat(backend.accepted()).isEqualTo(1);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"})
        void cannotRemoveFramingOrOrigin(String moreHeaders) throws Exception {
            try (RawBackend backend = RawBackend.responding(r -> RawBackend.ok(r.text()));
                    ProxyFixture proxy = behindTrustedProxy(backend);
                    RawClient client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    client.send(
                            "POST / HTTP/1.1\r\nHost: a\r\nConnection: Host, Content-Length, Transfer-Encoding, Via, "
                                    + "Forwarded, X-Forwarded-For, X-Forwarded-Proto, traceparent, tracestate\r\n"
                                    + "Forwarded: for=10.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\nVia: 1.1 first\r\n"
                                    + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
                                    + "tracestate: a=b\r\n" + moreHeaders);
                    assertThat(client.response().text()).isEqualTo("abc");
                }
                assertThat(backend.accepted()).isEqualTo(1);
                RawHttp.Message request = backend.requests.getLast();
                assertThat(request.header("host")).isEqualTo("a");
                assertThat(request.header("forwarded")).isEqualTo("for=10.0.0.1, for=127.0.0.1");
                assertThat(request.header("x-forwarded-for")).isEqualTo("10.0.0.1, 127.0.0.1");
                assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
                assertThat(request.header("traceparent")).startsWith("00-0af7651916cd43dd8448eb211c80319c-");
                assertThat(request.header("tracestate")).isEqualTo("a=b");
                assertThat(request.headerValues("via"))
                        .satisfiesExactly(first -> assertThat(first).isEqualTo("1.1 first"), own -> assertThat(own)
                                .matches("1\\.1 proxyroute-[0-9a-f]{8}"));
            }
        }
    }

    @Nested
    class ForwardingFields {

        @Test
        void viaRevealsLoopAtThirdPass() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.get("/").response();
                String own = backend.requests.getFirst().header("via");

                assertThat(client.send(GET + "Via: " + own + ", 1.1 other\r\n\r\n")
                                .response()
                                .status())
                        .isEqualTo(200);
                RawHttp.Message response = client.send(GET + "Via: " + own + ", 1.1 other\r\nVia: " + own + "\r\n\r\n")
                        .response();
                assertThat(response.status()).isEqualTo(508);
                assertThat(response.text()).contains("has passed this route too often", "LOOP_DETECTED");
            }
        }

        @Test
        void viaNamesProxyAndReceivedVersion() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.get("/").response();
                client.send("GET / HTTP/1.0\r\n\r\n").response();

                assertThat(backend.requests.get(0).header("via")).startsWith("1.1 proxyroute-");
                assertThat(backend.requests.get(1).header("via")).startsWith("1.0 proxyroute-");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"OPTIONS", "TRACE"})
        void maxForwardsCountsDown(String method) throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                String head = method + " / HTTP/1.1\r\nHost: a\r\nConnection: max-forwards\r\nMax-Forwards: ";
                client.send(head + "10\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(200);
                assertThat(backend.requests.getFirst().header("max-forwards")).isEqualTo("9");

                client.send(head + "0\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(501);
                assertThat(backend.requests).hasSize(1);

                client.send("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(200);
                assertThat(backend.requests.getLast().header("max-forwards")).isEqualTo("0");
            }
        }

        @Test
        void forwardedForEndsWithClientAddress() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = behindTrustedProxy(backend);
                    RawClient client = proxy.client()) {
                client.get("/").response();
                client.send(GET + "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2, 10.0.0.3\r\n"
                                + "X-Forwarded-Proto: https\r\n\r\n")
                        .response();

                assertThat(backend.requests.get(0).header("x-forwarded-for")).isEqualTo("127.0.0.1");
                assertThat(backend.requests.get(1).header("x-forwarded-for"))
                        .isEqualTo("10.0.0.1, 10.0.0.2, 10.0.0.3, 127.0.0.1");
                assertThat(backend.requests.get(1).header("x-forwarded-proto")).isEqualTo("https");
            }
        }

        @Test
        void timeoutTellsBackendRemainingTime() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(GET + "X-Request-Timeout-Ms: 999999\r\n\r\n").response();
                assertThat(Integer.parseInt(backend.requests.getLast().header("x-request-timeout-ms")))
                        .isBetween(1, 2000);

                proxy.timeouts(0, 0, 60_000, 0).apply();
                client.send(GET + "X-Request-Timeout-Ms: 999999\r\n\r\n").response();
                assertThat(backend.requests.getLast().header("x-request-timeout-ms"))
                        .as("a value from the client is removed")
                        .isNull();
            }
        }
    }

    @Nested
    class Dates {

        private static final String IMF_FIXDATE = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} [0-9]{4} "
                + "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT";

        @Test
        void areAddedToResponsesWithoutOne() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().header("date")).matches(IMF_FIXDATE);
                assertThat(client.send("GET / HTTP/1.1\r\n\r\n").response().header("date"))
                        .matches(IMF_FIXDATE);
            }
        }

        @Test
        void ofBackendsAreKept() throws Exception {
            String date = "Sun, 06 Nov 1994 08:49:37 GMT";
            try (RawBackend backend = RawBackend.responding(
                            r -> "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: " + date + "\r\n\r\n");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/").response().headerValues("date")).containsExactly(date);
            }
        }
    }

    @Nested
    class Traces {

        @Test
        void arePassedOnUnchanged() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(GET + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\r\n"
                                + "tracestate: a=b\r\n\r\n")
                        .response();

                assertThat(backend.requests.getFirst().header("traceparent"))
                        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
                assertThat(backend.requests.getFirst().header("tracestate")).isEqualTo("a=b");
                assertThat(proxy.awaitEnded(1).traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "rubbish",
                    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"
                })
        void areReplacedIfMalformed(String traceparent) throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(GET + "traceparent: " + traceparent + "\r\ntracestate: a=b\r\n\r\n")
                        .response();

                String id = proxy.awaitEnded(1).traceId();
                assertThat(id).matches("[0-9a-f]{32}").isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
                assertThat(backend.requests.getFirst().header("traceparent")).matches("00-" + id + "-[0-9a-f]{16}-00");
                assertThat(backend.requests.getFirst().header("tracestate")).isNull();
            }
        }

        @Test
        void acceptLaterTraceparentVersion() throws Exception {
            try (RawBackend backend = RawBackend.respondingWith("x");
                    ProxyFixture proxy = ProxyFixture.to(backend);
                    RawClient client = proxy.client()) {
                client.send(GET + "traceparent: 01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-new\r\n\r\n")
                        .response();

                assertThat(proxy.awaitEnded(1).traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            }
        }
    }

    @Test
    void appliesHeaderEditsOfRuleInOrder() throws Exception {
        RuleFilter.HeaderEdits onRequest = new RuleFilter.HeaderEdits(
                List.of(new RuleFilter.Header("X-Set", "new")),
                List.of(new RuleFilter.Header("X-Add", "two")),
                List.of("X-Remove"));
        RuleFilter.HeaderEdits onResponse = new RuleFilter.HeaderEdits(
                List.of(new RuleFilter.Header("Server", "proxy")), List.of(), List.of("X-Internal"));
        Rule rule = new Rule(
                "edited",
                null,
                List.of(new RuleFilter.RequestHeaders(onRequest), new RuleFilter.ResponseHeaders(onResponse)),
                List.of(new BackendRef("b", 1)),
                null,
                null);
        try (RawBackend backend = RawBackend.responding(
                        r -> "HTTP/1.1 200 OK\r\nServer: b\r\nX-Internal: 1\r\nContent-Length: 0\r\n\r\n");
                ProxyFixture proxy = new ProxyFixture(1)
                        .backend("b", backend.endpoint())
                        .rule(rule)
                        .apply();
                RawClient client = proxy.client()) {
            RawHttp.Message response = client.send(
                            GET + "x-set: old\r\nx-set: older\r\nX-Add: one\r\nx-remove: 1\r\n\r\n")
                    .response();

            RawHttp.Message request = backend.requests.getFirst();
            assertThat(request.headerValues("x-set")).containsExactly("new");
            assertThat(request.headerValues("x-add")).containsExactly("one", "two");
            assertThat(request.headerValues("x-remove")).isEmpty();
            assertThat(response.header("server")).isEqualTo("proxy");
            assertThat(response.header("x-internal")).isNull();
        }
    }
}
