package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.operator.pki.CertificateAuthority;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateCheckTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final CertificateAuthority authority = CertificateAuthority.create(T);
    private final CertificateCheck check = new CertificateCheck();

    @Test
    void checksValidSecretOncePerMinute() {
        assertThat(check.isDue(authority, true, T)).isTrue();
        check.done(authority, T);

        assertThat(check.isDue(authority, true, T.plusSeconds(40))).isFalse();
        assertThat(check.isDue(authority, true, T.plusSeconds(60))).isTrue();
    }

    @Test
    void checksAtOnceForStartingPod() {
        check.done(authority, T);

        assertThat(check.isDue(authority, false, T)).isTrue();
    }

    @Test
    void checksAtOnceAfterRotationStep() {
        check.done(authority, T);
        CertificateAuthority next = CertificateAuthority.create(T);
        CertificateAuthority announced = new CertificateAuthority(
                authority.issuer(),
                List.of(authority.issuer().certificate(), next.issuer().certificate()));

        assertThat(check.isDue(announced, true, T)).isTrue();
        check.done(announced, T);
        assertThat(check.isDue(new CertificateAuthority(announced.issuer(), announced.bundle()), true, T))
                .as("read again, and the same")
                .isFalse();
        assertThat(check.isDue(new CertificateAuthority(next.issuer(), announced.bundle()), true, T))
                .isTrue();
    }
}
