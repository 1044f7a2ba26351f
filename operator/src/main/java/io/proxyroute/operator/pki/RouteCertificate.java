package io.proxyroute.operator.pki;

import io.proxyroute.contract.admin.Identity;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a route's TLS Secret: the certificate and key of the proxies' admin port, and the bundle by which
 * proxies trust their callers. Pure.
 */
public final class RouteCertificate {

    /** Key of the certificate in the Secret. */
    public static final String CERTIFICATE = "tls.crt";
    /** Key of the private key in the Secret. */
    public static final String KEY = "tls.key";
    /** Key of the trust bundle in the Secret. */
    public static final String BUNDLE = "ca.crt";

    private static final Duration LIFETIME = Duration.ofDays(90);

    private RouteCertificate() {}

    /**
     * Returns the desired content: the current one if it is still good, otherwise a new certificate.
     *
     * @param current the decoded content of the Secret; empty if there is none
     */
    public static Map<String, String> content(
            Map<String, String> current, CertificateAuthority authority, String routeUid, Instant now) {
        String bundle = authority.bundlePem();
        if (read(current).filter(kept -> isGood(kept, authority, routeUid, now)).isPresent()) {
            return Map.of(CERTIFICATE, current.get(CERTIFICATE), KEY, current.get(KEY), BUNDLE, bundle);
        }
        KeyedCertificate issued = authority.issue(
                "proxyroute-proxy", Identity.ofRoute(routeUid), CertificateAuthority.Usage.SERVER, now, LIFETIME);
        return Map.of(
                CERTIFICATE,
                Pem.ofCertificates(List.of(issued.certificate())),
                KEY,
                Pem.ofKey(issued.key()),
                BUNDLE,
                bundle);
    }

    private static Optional<KeyedCertificate> read(Map<String, String> content) {
        if (!content.containsKey(CERTIFICATE) || !content.containsKey(KEY)) {
            return Optional.empty();
        }
        try {
            X509Certificate certificate =
                    Pem.certificates(content.get(CERTIFICATE)).getFirst();
            return Optional.of(new KeyedCertificate(certificate, Pem.key(content.get(KEY))));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static boolean isGood(KeyedCertificate kept, CertificateAuthority authority, String routeUid, Instant now) {
        return !kept.isDueForRenewal(now)
                && KeyedCertificate.uris(kept.certificate()).contains(Identity.ofRoute(routeUid))
                && authority.hasIssued(kept.certificate());
    }
}
