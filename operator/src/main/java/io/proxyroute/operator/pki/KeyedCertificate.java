package io.proxyroute.operator.pki;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A certificate and its private key.
 *
 * @param certificate EC P-256
 * @param key never leaves the operator or the Secret it is issued for
 */
public record KeyedCertificate(X509Certificate certificate, PrivateKey key) {

    private static final int URI = 6;

    /** Whether two thirds of the certificate's lifetime have passed, or it is not valid yet. */
    public boolean isDueForRenewal(Instant now) {
        return isDueForRenewal(certificate, now);
    }

    static boolean isDueForRenewal(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        return now.isBefore(from)
                || now.isAfter(
                        from.plus(Duration.between(from, to).multipliedBy(2).dividedBy(3)));
    }

    /** The URIs among a certificate's subject alternative names; empty if there are none or they cannot be parsed. */
    public static List<String> uris(X509Certificate certificate) {
        try {
            return Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of()).stream()
                    .filter(name -> name.get(0).equals(URI))
                    .map(name -> (String) name.get(1))
                    .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** Omits the private key, so that it is never logged. */
    @Override
    public String toString() {
        return "KeyedCertificate[" + certificate.getSubjectX500Principal() + "]";
    }
}
