package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Peer;
import io.proxyroute.proxy.stream.Protocol;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardingTrustTest {

    private static final ForwardingTrust NO_ONE = new ForwardingTrust(TrustedProxies.NONE);
    private static final ForwardingTrust RANGE =
            new ForwardingTrust(new TrustedProxies(0, List.of("10.0.0.0/8", "fd00::/8")));

    private static Peer peer(String address) {
        return Peer.at(new InetSocketAddress(address, 1234));
    }

    private static Head request(String... fields) {
        Fields all = new Fields();
        for (String field : fields) {
            all.add(
                    field.substring(0, field.indexOf(':')),
                    field.substring(field.indexOf(':') + 1).strip());
        }
        return Head.request("GET", "shop.example", "/", Protocol.HTTP_1_1, 0, all);
    }

    private static final String[] FORWARDED = {
        "x-forwarded-for: 192.0.2.7",
        "x-forwarded-proto: https",
        "x-forwarded-host: www.example",
        "x-forwarded-port: 443",
        "x-forwarded-prefix: /a",
        "x-real-ip: 192.0.2.7",
        "forwarded: for=192.0.2.7;proto=https"
    };

    @Nested
    class FieldsOfPeer {

        @Test
        void areReplacedIfItIsNotTrusted() {
            for (ForwardingTrust trust : List.of(NO_ONE, RANGE)) {
                Head request = request(FORWARDED);
                trust.apply(request, peer("198.51.100.1"), "8080");

                assertThat(request.fields().names())
                        .containsExactlyInAnyOrder(
                                "x-forwarded-for",
                                "x-forwarded-proto",
                                "x-forwarded-host",
                                "x-forwarded-port",
                                "x-real-ip");
                assertThat(request.fields().get("x-real-ip")).isEqualTo("198.51.100.1");
                assertThat(request.fields().get("x-forwarded-for")).isEqualTo("198.51.100.1");
                assertThat(request.fields().get("x-forwarded-proto")).isEqualTo("http");
                assertThat(request.fields().get("x-forwarded-host")).isEqualTo("shop.example");
                assertThat(request.fields().get("x-forwarded-port")).isEqualTo("8080");
            }
        }

        @Test
        void areKeptAndExtendedIfItIsTrusted() {
            for (ForwardingTrust trust : List.of(RANGE, new ForwardingTrust(new TrustedProxies(1, null)))) {
                Head request = request(FORWARDED);
                trust.apply(request, peer("10.1.2.3"), "8080");

                assertThat(request.fields().getAll("x-forwarded-for")).containsExactly("192.0.2.7, 10.1.2.3");
                assertThat(request.fields().get("x-forwarded-proto")).isEqualTo("https");
                assertThat(request.fields().get("x-forwarded-host")).isEqualTo("www.example");
                assertThat(request.fields().get("x-forwarded-port")).isEqualTo("443");
                assertThat(request.fields().get("x-forwarded-prefix")).isEqualTo("/a");
                assertThat(request.fields().get("x-real-ip")).isEqualTo("192.0.2.7");
                assertThat(request.fields().get("forwarded")).isEqualTo("for=192.0.2.7;proto=https, for=10.1.2.3");
            }
        }

        @Test
        void areAddedIfATrustedOneSendsNone() {
            Head request = request();
            RANGE.apply(request, peer("fd00::1"), "80");

            assertThat(request.fields().get("x-forwarded-for")).isEqualTo("fd00:0:0:0:0:0:0:1");
            assertThat(request.fields().get("x-forwarded-proto")).isEqualTo("http");
            assertThat(request.fields().get("x-forwarded-port")).isEqualTo("80");
            assertThat(request.fields().contains("forwarded")).isFalse();
        }

        @Test
        void quoteIpv6InForwarded() {
            Head request = request("forwarded: for=192.0.2.7");
            RANGE.apply(request, peer("fd00::1"), "80");
            assertThat(request.fields().get("forwarded")).isEqualTo("for=192.0.2.7, for=\"[fd00:0:0:0:0:0:0:1]\"");
        }
    }

    @Nested
    class Client {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "198.51.100.1 | 192.0.2.7 | 198.51.100.1",
                    "10.1.2.3 | 192.0.2.7 | 192.0.2.7",
                    "10.1.2.3 | 203.0.113.9, 192.0.2.7, 10.9.9.9 | 192.0.2.7",
                    "10.1.2.3 | 10.5.5.5 | 10.5.5.5",
                    "10.1.2.3 | rubbish | 10.1.2.3",
                    "10.1.2.3 | rubbish, 10.4.4.4 | 10.4.4.4",
                    "10.1.2.3 | , | 10.1.2.3"
                })
        void isLastAddressThatIsNotTrusted(String peer, String forwardedFor, String client) {
            assertThat(RANGE.client(request("x-forwarded-for: " + forwardedFor), peer(peer)))
                    .isEqualTo(client);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "1 | 203.0.113.9, 192.0.2.7 | 192.0.2.7",
                    "2 | 203.0.113.9, 192.0.2.7 | 203.0.113.9",
                    "5 | 203.0.113.9, 192.0.2.7 | 203.0.113.9"
                })
        void isSoManyHopsAway(int hops, String forwardedFor, String client) {
            ForwardingTrust trust = new ForwardingTrust(new TrustedProxies(hops, null));
            assertThat(trust.client(request("x-forwarded-for: " + forwardedFor), peer("10.1.2.3")))
                    .isEqualTo(client);
        }

        @Test
        void isFoundOverSeveralLines() {
            assertThat(RANGE.client(
                            request("x-forwarded-for: 192.0.2.7", "x-forwarded-for: 10.1.1.1, 10.2.2.2"),
                            peer("10.1.2.3")))
                    .isEqualTo("192.0.2.7");
        }

        @Test
        void isPeerWithoutField() {
            assertThat(RANGE.client(request(), peer("10.1.2.3"))).isEqualTo("10.1.2.3");
        }
    }
}
