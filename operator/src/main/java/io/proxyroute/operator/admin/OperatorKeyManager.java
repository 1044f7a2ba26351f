package io.proxyroute.operator.admin;

import io.proxyroute.contract.admin.Identity;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.pki.KeyedCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Provides the operator's client certificate. It is kept in memory only, issued at the first handshake, and reissued when
 * it is due or the authority has changed. Thread-safe.
 */
final class OperatorKeyManager extends X509ExtendedKeyManager {

    private static final String ALIAS = "operator";
    private static final Duration VALIDITY = Duration.ofDays(1);

    private final Supplier<CertificateAuthority> authority;
    private final Clock clock;
    private KeyedCertificate current;

    OperatorKeyManager(Supplier<CertificateAuthority> authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    private synchronized KeyedCertificate current() {
        CertificateAuthority ca = authority.get();
        if (current == null || current.isDueForRenewal(clock.instant()) || !ca.hasIssued(current.certificate())) {
            current = ca.issue(
                    "proxyroute-operator",
                    Identity.OPERATOR,
                    CertificateAuthority.Usage.CLIENT,
                    clock.instant(),
                    VALIDITY);
        }
        return current;
    }

    @Override
    public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return ALIAS;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {current().certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current().key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
