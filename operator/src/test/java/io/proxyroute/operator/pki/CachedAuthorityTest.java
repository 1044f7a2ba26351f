package io.proxyroute.operator.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.fixture.ObjectServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CachedAuthorityTest {

    private static final String PATH = "/api/v1/namespaces/system/secrets/proxyroute-ca";

    private final ManualClock clock = new ManualClock();
    private ObjectServer api;
    private CachedAuthority cached;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
        cached = new CachedAuthority(new CaSecret(api.client(), "system"), clock);
        put(CertificateAuthority.create(clock.now));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void picksUpRotationAfterRefreshInterval() {
        CertificateAuthority first = cached.get();
        CertificateAuthority next = CertificateAuthority.create(clock.now);
        put(next);
        assertThat(cached.get()).isEqualTo(first);

        clock.advance(Duration.ofMinutes(6));

        assertThat(cached.get()).isEqualTo(next);
    }

    @Test
    void restoresDeletedSecret() {
        CertificateAuthority first = cached.get();
        api.remove(PATH);
        clock.advance(Duration.ofSeconds(61));

        assertThat(cached.get()).isEqualTo(first);
        assertThat(new CachedAuthority(new CaSecret(api.client(), "system"), clock).get())
                .isEqualTo(first);
    }

    @Test
    void keepsAuthorityWhileSecretCannotBeRead() {
        CertificateAuthority first = cached.get();
        api.refuse("GET", PATH, 500);
        clock.advance(Duration.ofMinutes(6));
        assertThat(cached.get()).isEqualTo(first);

        api.refuse("GET", PATH, 0);
        api.put(PATH, secret(Map.of("tls.crt", "nonsense")));
        clock.advance(Duration.ofMinutes(1));
        assertThat(cached.get()).isEqualTo(first);

        CertificateAuthority next = CertificateAuthority.create(clock.now);
        put(next);
        clock.advance(Duration.ofMinutes(1));
        assertThat(cached.get()).isEqualTo(next);
    }

    @Test
    void ignoresInconsistentRotation() {
        CertificateAuthority first = cached.get();
        CertificateAuthority next = CertificateAuthority.create(clock.now);

        put(new CertificateAuthority(
                new KeyedCertificate(next.issuer().certificate(), first.issuer().key()), next.bundle()));
        clock.advance(Duration.ofMinutes(6));
        assertThat(cached.get()).as("a key that does not match").isEqualTo(first);

        put(new CertificateAuthority(next.issuer(), first.bundle()));
        clock.advance(Duration.ofMinutes(6));
        assertThat(cached.get()).as("an issuer outside the bundle").isEqualTo(first);

        put(next);
        clock.advance(Duration.ofMinutes(6));
        assertThat(cached.get()).isEqualTo(next);
    }

    @Test
    void throwsIfAuthorityWasNeverRead() {
        api.refuse("GET", PATH, 500);

        assertThatThrownBy(cached::get).isInstanceOf(KubernetesClientException.class);
    }

    private void put(CertificateAuthority authority) {
        api.put(
                PATH,
                secret(Map.of(
                        "tls.crt", Pem.ofCertificates(List.of(authority.issuer().certificate())),
                        "tls.key", Pem.ofKey(authority.issuer().key()),
                        "ca.crt", authority.bundlePem())));
    }

    private static Secret secret(Map<String, String> content) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("system")
                .withName("proxyroute-ca")
                .endMetadata()
                .withData(CaSecret.encode(content))
                .build();
    }

    private static final class ManualClock extends Clock {

        private Instant now = Instant.parse("2030-01-01T00:00:00Z");

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
