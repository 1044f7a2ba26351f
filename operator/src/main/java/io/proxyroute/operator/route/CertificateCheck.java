package io.proxyroute.operator.route;

import io.proxyroute.operator.pki.CertificateAuthority;
import java.time.Duration;
import java.time.Instant;

/**
 * When a route's Secret is checked: while pods start, since they need it; after a change of the authority, so that a rotation
 * reaches every route; and once a minute, since it may be deleted, and Secrets are not watched. One instance per route and leader term; used by one reconciliation at a time.
 */
final class CertificateCheck {

    private static final Duration INTERVAL = Duration.ofSeconds(50);

    private CertificateAuthority checkedAgainst;
    private Instant next = Instant.MIN;

    boolean isDue(CertificateAuthority authority, boolean allReady, Instant now) {
        return !allReady || !authority.equals(checkedAgainst) || next.isBefore(now);
    }

    /** The Secret is valid under this authority. */
    void done(CertificateAuthority authority, Instant now) {
        checkedAgainst = authority;
        next = now.plus(INTERVAL);
    }
}
