package io.proxyroute.operator.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.admin.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final CertificateAuthority authority = CertificateAuthority.create(NOW);

    @Test
    void issuesCertificateWithUriOfItsHolder() throws Exception {
        KeyedCertificate issued = authority.issue(
                "proxy", Identity.ofRoute("u-1"), CertificateAuthority.Usage.SERVER, NOW, Duration.ofDays(90));

        issued.certificate().verify(authority.issuer().certificate().getPublicKey());
        assertThat(KeyedCertificate.uris(issued.certificate())).containsExactly("urn:proxyroute:route:u-1");
        assertThat(issued.certificate().getBasicConstraints()).isEqualTo(-1);
        assertThat(issued.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(authority.issuer().certificate().getBasicConstraints()).isZero();
        assertThat(authority.hasIssued(issued.certificate())).isTrue();
        assertThat(CertificateAuthority.create(NOW).hasIssued(issued.certificate()))
                .isFalse();
    }

    @Test
    void certificateIsDueAfterTwoThirdsOfItsLifetime() {
        KeyedCertificate issued = authority.issue(
                "proxy", Identity.OPERATOR, CertificateAuthority.Usage.CLIENT, NOW, Duration.ofDays(90));

        assertThat(issued.isDueForRenewal(NOW)).isFalse();
        assertThat(issued.isDueForRenewal(NOW.plus(Duration.ofDays(59)))).isFalse();
        assertThat(issued.isDueForRenewal(NOW.plus(Duration.ofDays(61)))).isTrue();
        assertThat(issued.isDueForRenewal(NOW.minus(Duration.ofHours(1)))).isTrue();
    }

    @Test
    void limitsValidityToThatOfAuthority() {
        KeyedCertificate issued = authority.issue(
                "proxy", Identity.OPERATOR, CertificateAuthority.Usage.CLIENT, NOW, Duration.ofDays(36500));

        assertThat(issued.certificate().getNotAfter())
                .isEqualTo(authority.issuer().certificate().getNotAfter());
    }

    @Test
    void pemRoundTripsCertificatesAndKeys() throws Exception {
        KeyedCertificate issuer = authority.issuer();

        assertThat(Pem.certificates(authority.bundlePem())).containsExactly(issuer.certificate());
        assertThat(Pem.key(Pem.ofKey(issuer.key()))).isEqualTo(issuer.key());
    }

    @Nested
    class RouteCertificateContent {

        @Test
        void keepsGoodRouteCertificate() {
            Map<String, String> first = RouteCertificate.content(Map.of(), authority, "u-1", NOW);

            assertThat(RouteCertificate.content(first, authority, "u-1", NOW.plus(Duration.ofDays(30))))
                    .isEqualTo(first);
        }

        @Test
        void reissuesDueForeignOrMalformedRouteCertificate() {
            Map<String, String> first = RouteCertificate.content(Map.of(), authority, "u-1", NOW);
            String certificate = first.get("tls.crt");

            assertThat(RouteCertificate.content(first, authority, "u-1", NOW.plus(Duration.ofDays(70))))
                    .extractingByKey("tls.crt")
                    .isNotEqualTo(certificate);
            assertThat(RouteCertificate.content(first, authority, "u-2", NOW))
                    .extractingByKey("tls.crt")
                    .isNotEqualTo(certificate);
            assertThat(RouteCertificate.content(Map.of("tls.crt", "x", "tls.key", "y"), authority, "u-1", NOW))
                    .extractingByKey("tls.crt")
                    .isNotEqualTo("x");
        }

        @Test
        void rotationReissuesOnlyWhenIssuerChanges() {
            CertificateAuthority next = CertificateAuthority.create(NOW);
            var both = List.of(authority.issuer().certificate(), next.issuer().certificate());
            Map<String, String> first = RouteCertificate.content(Map.of(), authority, "u-1", NOW);

            Map<String, String> announced =
                    RouteCertificate.content(first, new CertificateAuthority(authority.issuer(), both), "u-1", NOW);
            assertThat(announced.get("tls.crt")).isEqualTo(first.get("tls.crt"));
            assertThat(announced.get("ca.crt")).isEqualTo(Pem.ofCertificates(both));

            Map<String, String> switched =
                    RouteCertificate.content(announced, new CertificateAuthority(next.issuer(), both), "u-1", NOW);
            assertThat(switched.get("tls.crt")).isNotEqualTo(first.get("tls.crt"));
        }
    }
}
