package io.proxyroute.proxy.admin;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.proxyroute.contract.admin.Identity;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** An authority, the certificates that it issues, and clients that hold one. */
public final class Pki {

    /** A route's proxies. */
    public static final String ROUTE = Identity.ofRoute("u1");

    private final X509Bundle authority;

    /** An authority of its own key. */
    public Pki(String name) {
        try {
            authority = new CertificateBuilder()
                    .ecp256()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Bundle issue(String uri) {
        try {
            return new CertificateBuilder()
                    .ecp256()
                    .subject("CN=test")
                    .addSanUriName(uri)
                    .buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes what a proxy's Secret holds. */
    public X509Bundle mount(Path directory) throws IOException {
        X509Bundle bundle = issue(ROUTE);
        Files.writeString(directory.resolve("tls.key"), bundle.getPrivateKeyPEM());
        Files.writeString(directory.resolve("tls.crt"), bundle.getCertificatePathPEM());
        Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM());
        return bundle;
    }

    /** The operator. */
    public HttpClient operator() throws GeneralSecurityException {
        return client(Identity.OPERATOR);
    }

    /** A client under a name of its own. */
    public HttpClient client(String uri) throws GeneralSecurityException {
        return client(issue(uri).toKeyManagerFactory().getKeyManagers());
    }

    /** A client without a certificate. */
    public HttpClient nobody() throws GeneralSecurityException {
        return client(new KeyManager[0]);
    }

    private HttpClient client(KeyManager[] keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new NoHostname()}, null);
        return HttpClient.newBuilder()
                .sslContext(context)
                .connectTimeout(Duration.ofSeconds(5))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** The name is checked and not the address, as the operator does it; here any chain to the authority will do. */
    private final class NoHostname extends X509ExtendedTrustManager {

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                chain[0].verify(authority.getCertificate().getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
