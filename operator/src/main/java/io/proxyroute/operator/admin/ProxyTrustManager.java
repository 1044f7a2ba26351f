package io.proxyroute.operator.admin;

import io.proxyroute.contract.admin.Identity;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.pki.KeyedCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Verifies proxies during the TLS handshake: the certificate must chain to the operator's authority and name the route that
 * is expected at the address. The address itself proves nothing, since addresses of pods are reused. Only {@link
 * SSLEngine} connections are supported. Thread-safe.
 */
final class ProxyTrustManager extends X509ExtendedTrustManager {

    private final Supplier<CertificateAuthority> authority;
    private final Map<String, String> routeByHost = new ConcurrentHashMap<>();
    private volatile Anchors anchors;

    private record Anchors(CertificateAuthority of, X509TrustManager trust) {}

    ProxyTrustManager(Supplier<CertificateAuthority> authority) {
        this.authority = authority;
    }

    /** Expects a proxy of this route at this address. */
    void expect(ProxyAddress proxy) {
        routeByHost.put(proxy.ip(), proxy.routeUid());
    }

    /** Expects no proxy at this address. */
    void forget(ProxyAddress proxy) {
        routeByHost.remove(proxy.ip(), proxy.routeUid());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            anchors().checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            throw new CertificateException(
                    "its certificate is not of the operator's current authority (%s); after the authority was replaced, it is"
                                    .formatted(e.getMessage())
                            + " trusted again once the kubelet has updated its Secret, about two minutes later",
                    e);
        }
        String host = engine.getPeerHost();
        String routeUid = host == null ? null : routeByHost.get(host.replaceAll("[\\[\\]]", ""));
        if (routeUid == null) {
            throw new CertificateException("no proxy is expected at " + host);
        }
        if (!KeyedCertificate.uris(chain[0]).contains(Identity.ofRoute(routeUid))) {
            throw new CertificateException("the certificate at %s names %s, not %s"
                    .formatted(host, KeyedCertificate.uris(chain[0]), Identity.ofRoute(routeUid)));
        }
    }

    private X509TrustManager anchors() throws CertificateException {
        CertificateAuthority current = authority.get();
        Anchors known = anchors;
        if (known == null || !known.of().bundle().equals(current.bundle())) {
            known = new Anchors(current, pkix(current));
            anchors = known;
        }
        return known.trust();
    }

    private static X509TrustManager pkix(CertificateAuthority authority) throws CertificateException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate certificate : authority.bundle()) {
                store.setCertificateEntry(certificate.getSerialNumber().toString(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("cannot use the trust bundle", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only SSLEngine connections are supported");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only SSLEngine connections are supported");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this trust manager accepts no clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("this trust manager accepts no clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("this trust manager accepts no clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.get().bundle().toArray(X509Certificate[]::new);
    }
}
