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
 * Decides in the handshake whether a proxy is who it should be: its certificate leads to our authority and names the
 * route whose pod lives at the address. The address itself proves nothing, since pods come and go and addresses are
 * used again.
 */
final class ProxyTrustManager extends X509ExtendedTrustManager {

    private final Supplier<CertificateAuthority> authority;
    private final Map<String, String> routeByHost = new ConcurrentHashMap<>();
    private volatile Anchors anchors;

    private record Anchors(CertificateAuthority of, X509TrustManager trust) {}

    ProxyTrustManager(Supplier<CertificateAuthority> authority) {
        this.authority = authority;
    }

    /** From now on, whoever answers at this address must be a proxy of its route. */
    void expect(ProxyAddress proxy) {
        routeByHost.put(proxy.ip(), proxy.routeUid());
    }

    /** Nobody is expected at this address any more. */
    void forget(ProxyAddress proxy) {
        routeByHost.remove(proxy.ip(), proxy.routeUid());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        anchors().checkServerTrusted(chain, authType);
        String host = engine.getPeerHost();
        String routeUid = host == null ? null : routeByHost.get(host.replaceAll("[\\[\\]]", ""));
        if (routeUid == null) {
            throw new CertificateException("no proxy is expected at " + host);
        }
        if (!KeyedCertificate.uris(chain[0]).contains(Identity.ofRoute(routeUid))) {
            throw new CertificateException("the certificate at %s names %s and not %s"
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
            throw new CertificateException("the trust bundle cannot be used", e);
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
        throw new CertificateException("only the client side is supported");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only the client side is supported");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("only the client side is supported");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.get().bundle().toArray(X509Certificate[]::new);
    }
}
