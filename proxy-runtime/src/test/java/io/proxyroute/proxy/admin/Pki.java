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

/** A certificate authority, the certificates that it issues, and HTTP clients that use them. */
public final class Pki {

    /** The identity of a route's proxies. */
    public static final String ROUTE = Identity.ofRoute("u1");

    private final X509Bundle authority;

    /** A new authority with its own key. */
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

    /** Writes the files of a proxy's Secret. */
    public X509Bundle mount(Path directory) throws IOException {
        X509Bundle bundle = issue(ROUTE);
        Files.writeString(directory.resolve("tls.key"), bundle.getPrivateKeyPEM());
        Files.writeString(directory.resolve("tls.crt"), bundle.getCertificatePathPEM());
        Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM());
        return bundle;
    }

    /** A client with the operator's certificate. */
    public HttpClient operator() throws GeneralSecurityException {
        return client(Identity.OPERATOR);
    }

    /** A client whose certificate has the URI as its SAN. */
    public HttpClient client(String uri) throws GeneralSecurityException {
        return client(issue(uri).toKeyManagerFactory().getKeyManagers());
    }

    /** A client without a certificate. */
    public HttpClient anonymous() throws GeneralSecurityException {
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

    /** Like the operator, checks no host name; accepts any certificate of the authority. */
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
