package io.proxyroute.operator.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.admin.ProxyClient;
import io.proxyroute.operator.fixture.FakeProxy;
import io.proxyroute.operator.pki.CertificateAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigPusherTest {

    private static final String ROUTE = "route-1";

    private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());
    private final PushListener silent = new PushListener() {
        @Override
        public void changed(String routeUid) {}

        @Override
        public void pushed(ProxyAddress proxy, Acknowledgement result, Duration took) {}
    };
    private FakeProxy proxy;
    private ProxyClient client;
    private ConfigPusher pusher;

    @BeforeEach
    void start() throws Exception {
        proxy = FakeProxy.start(authority, ROUTE, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        client = new ProxyClient(() -> authority, Clock.systemUTC(), proxy.port());
        pusher = new ConfigPusher(client, silent, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        pusher.close();
        client.close();
        proxy.close();
    }

    @Test
    void pushesConfigurationAndEndpoints() {
        pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));

        awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));
        assertThat(proxy.requests).containsExactly("PUT /config");
    }

    @Test
    void skipsUnchangedTarget() {
        pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
        awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));

        pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
        pusher.setTarget(ROUTE, target("a", 7, 4), List.of(pod("127.0.0.1")));

        awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 4));
        assertThat(proxy.requests).containsExactly("PUT /config", "PUT /endpoints");
    }

    @Nested
    class RefusedDocument {

        @Test
        void skipsRefusedDocumentButPushesNext() {
            proxy.refusal = "no such class: com.example.Filter";
            pusher.setTarget(ROUTE, target("bad", 7, 3), List.of(pod("127.0.0.1")));
            awaitRefused("bad", new Applied("none", 0, 3));
            assertThat(acknowledgement("pod-127.0.0.1"))
                    .isInstanceOfSatisfying(Acknowledgement.Rejected.class, refused -> {
                        assertThat(refused.hash()).isEqualTo("bad");
                        assertThat(refused.errors().getFirst())
                                .hasToString("rules[0].filters[0]: no such class: com.example.Filter");
                    });

            pusher.setTarget(ROUTE, target("bad", 7, 3), List.of(pod("127.0.0.1")));
            proxy.refusal = null;
            pusher.setTarget(ROUTE, target("good", 8, 3), List.of(pod("127.0.0.1")));

            awaitAcknowledged("pod-127.0.0.1", new Applied("good", 8, 3));
            assertThat(proxy.requests).containsExactly("PUT /config", "PUT /endpoints", "PUT /config");
        }

        @Test
        void refusingProxyStillGetsEndpoints() {
            pusher.setTarget(ROUTE, target("old", 6, 1), List.of(pod("127.0.0.1")));
            awaitAcknowledged("pod-127.0.0.1", new Applied("old", 6, 1));
            proxy.refusal = "no such field";

            pusher.setTarget(ROUTE, target("new", 7, 2), List.of(pod("127.0.0.1")));
            awaitRefused("new", new Applied("old", 6, 2));
            pusher.setTarget(ROUTE, target("new", 7, 3), List.of(pod("127.0.0.1")));
            awaitRefused("new", new Applied("old", 6, 3));
            pusher.setTarget(ROUTE, target("new", 7, 3), List.of(pod("127.0.0.1")));

            assertThat(proxy.requests)
                    .containsExactly("PUT /config", "PUT /config", "PUT /endpoints", "PUT /endpoints");
        }

        @Test
        void refusingProxyIsPushedAgainAfterOutage() throws Exception {
            proxy.refusal = "no such field";
            pusher.setTarget(ROUTE, target("new", 7, 2), List.of(pod("127.0.0.1")));
            awaitRefused("new", new Applied("none", 0, 2));
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxy.port());
            proxy.close();

            pusher.setTarget(ROUTE, target("new", 7, 3), List.of(pod("127.0.0.1")));
            await().until(() -> acknowledgement("pod-127.0.0.1") instanceof Acknowledgement.Unreachable);
            proxy = FakeProxy.start(authority, ROUTE, address);
            proxy.refusal = "no such field";

            awaitRefused("new", new Applied("none", 0, 3));
        }
    }

    @Nested
    class SequenceInProxy {

        @Test
        void reportsHigherSequenceUntilTargetIsHigher() {
            proxy.applied = new Applied("other", 9, 1);
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
            awaitSuperseded(new Applied("other", 9, 1));
            assertThat(proxy.requests).hasSize(1);

            pusher.setTarget(ROUTE, target("a", 10, 4), List.of(pod("127.0.0.1")));

            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 10, 4));
            assertThat(proxy.requests).hasSize(2);
        }

        @Test
        void reportsOtherDocumentWithSameSequence() {
            proxy.applied = new Applied("other", 7, 1);
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
            awaitSuperseded(new Applied("other", 7, 1));

            pusher.setTarget(ROUTE, target("a", 7, 4), List.of(pod("127.0.0.1")));
            pusher.setTarget(ROUTE, target("a", 8, 4), List.of(pod("127.0.0.1")));

            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 8, 4));
            assertThat(proxy.requests).hasSize(2);
        }
    }

    @Test
    void unreachableProxyDelaysNoOther() throws Exception {
        pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1"), pod("127.0.0.2")));

        awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));
        await().until(() -> acknowledgement("pod-127.0.0.2") instanceof Acknowledgement.Unreachable);
        try (FakeProxy _ = FakeProxy.start(
                authority, ROUTE, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), proxy.port()))) {
            awaitAcknowledged("pod-127.0.0.2", new Applied("a", 7, 3));
        }
    }

    @Test
    void continuesAfterListenerError() {
        AtomicBoolean broken = new AtomicBoolean(true);
        PushListener failing = new PushListener() {
            @Override
            public void changed(String routeUid) {
                throw new IllegalStateException("the listener is broken");
            }

            @Override
            public void pushed(ProxyAddress proxy, Acknowledgement result, Duration took) {}
        };
        try (ProxyClient failingClient = new ProxyClient(
                        () -> {
                            if (broken.get()) {
                                throw new IllegalStateException("the authority cannot be read");
                            }
                            return authority;
                        },
                        Clock.systemUTC(),
                        proxy.port());
                ConfigPusher other = new ConfigPusher(failingClient, failing, Clock.systemUTC())) {
            other.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1"), pod("no address")));
            await().untilAsserted(() -> assertThat(other.acknowledgements(ROUTE).values())
                    .hasSize(2)
                    .hasOnlyElementsOfType(Acknowledgement.Unreachable.class));

            broken.set(false);

            await().untilAsserted(() -> assertThat(other.acknowledgements(ROUTE).get("pod-127.0.0.1"))
                    .isEqualTo(new Acknowledgement.Accepted(new Applied("a", 7, 3))));
            other.setTarget(ROUTE, target("b", 8, 3), List.of(pod("127.0.0.1")));
            await().untilAsserted(() -> assertThat(other.acknowledgements(ROUTE).get("pod-127.0.0.1"))
                    .isEqualTo(new Acknowledgement.Accepted(new Applied("b", 8, 3))));
        }
    }

    @Nested
    class HostileProxy {

        @Test
        void foreignHashIsNotPushedWithoutPauses() {
            proxy.answer = new Applied("foreign", 99, 99);
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));

            await().atMost(Duration.ofSeconds(10)).until(() -> proxy.requests.size() >= 4);

            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(2)).until(() -> proxy.requests.size() <= 6);
        }

        @Test
        void lostConfigurationIsNotPushedWithoutPauses() {
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));

            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(3)).until(() -> {
                pusher.observed(ROUTE, "pod-127.0.0.1", new Applied("older", 6, 0));
                return proxy.requests.size() <= 7;
            });
        }

        @Test
        void errorsAreBounded() {
            proxy.refusal = "x".repeat(10_000);
            pusher.setTarget(ROUTE, target("bad", 7, 3), List.of(pod("127.0.0.1")));

            await().untilAsserted(() -> assertThat(acknowledgement("pod-127.0.0.1"))
                    .isInstanceOfSatisfying(Acknowledgement.Rejected.class, rejected -> assertThat(
                                    rejected.errors().getFirst().message())
                            .hasSize(500)));
        }
    }

    @Nested
    class Handshake {

        @Test
        void rejectsProcessOfAnotherRoute() {
            pusher.setTarget(
                    "route-2", target("a", 7, 3), List.of(new ProxyAddress("route-2", "pod", "pod", "1", "127.0.0.1")));

            await().untilAsserted(() -> assertThat(
                            pusher.acknowledgements("route-2").get("pod"))
                    .isInstanceOfSatisfying(
                            Acknowledgement.Unreachable.class, unreachable -> assertThat(unreachable.reason())
                                    .contains("urn:proxyroute:route:route-1", "not urn:proxyroute:route:route-2")));
            assertThat(proxy.requests).isEmpty();
        }

        @Test
        void rejectsProcessOfAnotherAuthority() {
            CertificateAuthority other = CertificateAuthority.create(Instant.now());
            try (ProxyClient stranger = new ProxyClient(() -> other, Clock.systemUTC(), proxy.port())) {
                assertThatThrownBy(() ->
                                stranger.get(pod("127.0.0.1"), AdminApi.SNAPSHOT, Object.class, Duration.ofSeconds(5)))
                        .isInstanceOf(IOException.class);
            }
            assertThat(proxy.requests).isEmpty();
        }
    }

    @Nested
    class ChangedProcess {

        @Test
        void pushesNewProcessInPod() {
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));

            pusher.setTarget(
                    ROUTE,
                    target("a", 7, 3),
                    List.of(new ProxyAddress(ROUTE, "pod-127.0.0.1", "pod-127.0.0.1", "2", "127.0.0.1")));

            await().until(() -> proxy.requests.size() == 2);
        }

        @Test
        void pushesAgainWhatProxyLost() {
            pusher.setTarget(ROUTE, target("a", 7, 3), List.of(pod("127.0.0.1")));
            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));
            proxy.applied = new Applied("older", 6, 0);

            await().until(() -> {
                pusher.observed(ROUTE, "pod-127.0.0.1", proxy.applied);
                return proxy.requests.size() == 2;
            });
            awaitAcknowledged("pod-127.0.0.1", new Applied("a", 7, 3));
        }
    }

    private void awaitSuperseded(Applied serving) {
        await().untilAsserted(() ->
                assertThat(acknowledgement("pod-127.0.0.1")).isEqualTo(new Acknowledgement.Superseded(serving)));
    }

    private void awaitRefused(String hash, Applied serving) {
        await().untilAsserted(() -> assertThat(acknowledgement("pod-127.0.0.1"))
                .isInstanceOfSatisfying(Acknowledgement.Rejected.class, refused -> {
                    assertThat(refused.hash()).isEqualTo(hash);
                    assertThat(refused.errors()).isNotEmpty();
                    assertThat(refused.serving()).isEqualTo(serving);
                }));
    }

    private void awaitAcknowledged(String podUid, Applied applied) {
        await().untilAsserted(
                        () -> assertThat(acknowledgement(podUid)).isEqualTo(new Acknowledgement.Accepted(applied)));
    }

    private Acknowledgement acknowledgement(String podUid) {
        return pusher.acknowledgements(ROUTE).get(podUid);
    }

    private static ProxyAddress pod(String ip) {
        return new ProxyAddress(ROUTE, "pod-" + ip, "pod-" + ip, "1", ip);
    }

    private static Target target(String hash, long sequence, long endpointsVersion) {
        return new Target(
                new ConfigDocument(
                        new RouteRef("default", "shop", ROUTE),
                        sequence,
                        hash,
                        List.of(),
                        List.of(),
                        List.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                new EndpointsDocument(endpointsVersion, Map.of()));
    }
}
