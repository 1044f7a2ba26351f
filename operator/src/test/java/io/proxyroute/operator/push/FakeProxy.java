package io.proxyroute.operator.push;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Identity;
import io.proxyroute.contract.admin.Rejected;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.pki.KeyedCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** A real TLS server that speaks the admin protocol as far as pushes go. */
final class FakeProxy implements AutoCloseable {

    private static final char[] NO_PASSWORD = new char[0];

    private final HttpsServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    final List<String> requests = new CopyOnWriteArrayList<>();
    volatile Applied applied = new Applied("none", 0, 0);
    volatile String refusal;
    volatile Object snapshot;

    private FakeProxy(HttpsServer server) {
        this.server = server;
    }

    static FakeProxy start(CertificateAuthority authority, String routeUid, InetSocketAddress address)
            throws Exception {
        SSLContext tls = tls(authority, routeUid);
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = tls.getDefaultSSLParameters();
                ssl.setNeedClientAuth(true);
                parameters.setSSLParameters(ssl);
            }
        });
        FakeProxy proxy = new FakeProxy(server);
        server.createContext("/", exchange -> {
            X509Certificate peer = (X509Certificate) ((com.sun.net.httpserver.HttpsExchange) exchange)
                    .getSSLSession()
                    .getPeerCertificates()[0];
            byte[] body = exchange.getRequestBody().readAllBytes();
            Object answer;
            int status = 200;
            if (!KeyedCertificate.uris(peer).contains(Identity.OPERATOR)) {
                status = 403;
                answer = "no";
            } else {
                Result result = proxy.serve(
                        exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body);
                status = result.status();
                answer = result.body();
            }
            byte[] bytes = Json.MAPPER.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.setExecutor(proxy.executor);
        server.start();
        return proxy;
    }

    /** As a proxy of the route has it. */
    static SSLContext tls(CertificateAuthority authority, String routeUid) throws Exception {
        KeyedCertificate certificate = authority.issue(
                "proxy",
                Identity.ofRoute(routeUid),
                CertificateAuthority.Usage.SERVER,
                Instant.now(),
                Duration.ofDays(1));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("proxy", certificate.key(), NO_PASSWORD, new X509Certificate[] {certificate.certificate()});
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
        keyManagers.init(keys, NO_PASSWORD);
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("ca", authority.issuer().certificate());
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
        trustManagers.init(anchors);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return tls;
    }

    private record Result(int status, Object body) {}

    private synchronized Result serve(String method, String path, byte[] body) throws IOException {
        requests.add(method + " " + path);
        switch (path) {
            case AdminApi.CONFIG -> {
                Update update = Json.MAPPER.readValue(body, Update.class);
                if (refusal != null) {
                    return new Result(400, new Rejected(List.of(new ConfigError("rules[0].filters[0]", refusal))));
                }
                if (update.config().sequence() < applied.sequence()
                        || update.config().sequence() == applied.sequence()
                                && !update.config().hash().equals(applied.hash())) {
                    return new Result(409, applied);
                }
                applied = new Applied(
                        update.config().hash(),
                        update.config().sequence(),
                        update.endpoints().version());
                return new Result(200, applied);
            }
            case AdminApi.ENDPOINTS -> {
                EndpointsDocument endpoints = Json.MAPPER.readValue(body, EndpointsDocument.class);
                applied = new Applied(applied.hash(), applied.sequence(), endpoints.version());
                return new Result(200, applied);
            }
            case AdminApi.SNAPSHOT -> {
                return new Result(200, snapshot);
            }
            default -> {
                return new Result(404, "no such path");
            }
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
