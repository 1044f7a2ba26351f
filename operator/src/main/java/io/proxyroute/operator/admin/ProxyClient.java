package io.proxyroute.operator.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.operator.pki.CertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Client of the proxies' admin ports, over mutual TLS. Thread-safe; calls block and are meant for virtual threads. Closing
 * it closes its connections.
 */
public final class ProxyClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private final ProxyTrustManager trust;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final int port;

    /**
     * Response of a proxy.
     *
     * @param status HTTP status
     * @param body JSON, or a message
     */
    public record Response(int status, byte[] body) {

        /**
         * The body as a record of the contract.
         *
         * @throws IOException if it is anything else
         */
        public <T> T as(Class<T> type) throws IOException {
            return ResponseLimits.parse(body, Json.MAPPER.constructType(type));
        }
    }

    /** @param authority supplies the current CA, which verifies proxies and issues the operator's certificate */
    public ProxyClient(Supplier<CertificateAuthority> authority, Clock clock) {
        this(authority, clock, AdminApi.ADMIN_PORT);
    }

    public ProxyClient(Supplier<CertificateAuthority> authority, Clock clock, int port) {
        this.trust = new ProxyTrustManager(authority);
        this.port = port;
        try {
            SSLContext tls = SSLContext.getInstance("TLSv1.3");
            tls.init(new KeyManager[] {new OperatorKeyManager(authority, clock)}, new TrustManager[] {trust}, null);
            this.http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .executor(executor)
                    .sslContext(tls)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS 1.3 is not available", e);
        }
    }

    /**
     * Sends a body as JSON.
     *
     * @throws IOException if no complete response arrives in time, or the peer is not a proxy of the route
     */
    public Response put(ProxyAddress proxy, String path, Object body, Duration timeout)
            throws IOException, InterruptedException {
        try {
            return call(
                    proxy,
                    path,
                    timeout,
                    HttpRequest.newBuilder()
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body))));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("cannot serialize a contract record", e);
        }
    }

    /**
     * Reads a record of the contract.
     *
     * @throws IOException if no complete response with status 200 and of a bounded size arrives in time, or the peer is not
     *     a proxy of the route
     */
    public <T> T get(ProxyAddress proxy, String path, Class<T> type, Duration timeout)
            throws IOException, InterruptedException {
        return get(proxy, path, Json.MAPPER.constructType(type), timeout);
    }

    /** As {@link #get(ProxyAddress, String, Class, Duration)}, of a type with parameters. */
    public <T> T get(ProxyAddress proxy, String path, JavaType type, Duration timeout)
            throws IOException, InterruptedException {
        return read(
                proxy, path, call(proxy, path, timeout, HttpRequest.newBuilder().GET()), type);
    }

    /** Triggers an action and reads its result, as {@link #get}. */
    public <T> T post(ProxyAddress proxy, String path, Class<T> type, Duration timeout)
            throws IOException, InterruptedException {
        return read(
                proxy,
                path,
                call(proxy, path, timeout, HttpRequest.newBuilder().POST(BodyPublishers.noBody())),
                Json.MAPPER.constructType(type));
    }

    /** Forgets the proxy: it is no longer expected at its address. */
    public void forget(ProxyAddress proxy) {
        trust.forget(proxy);
    }

    private static <T> T read(ProxyAddress proxy, String path, Response response, JavaType type) throws IOException {
        if (response.status() != 200) {
            throw new IOException(
                    "%s responds to %s with status %d".formatted(proxy.podName(), path, response.status()));
        }
        return ResponseLimits.parse(response.body(), type);
    }

    private Response call(ProxyAddress proxy, String path, Duration timeout, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        trust.expect(proxy);
        int maxBytes = ResponseLimits.maxBytes(path);
        URI uri = URI.create("https://" + proxy.host() + ":" + port + path);
        // The request's own timeout covers only the response head (JDK-8208693), so it is not used.
        CompletableFuture<HttpResponse<byte[]>> future =
                http.sendAsync(request.uri(uri).build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes));
        try {
            HttpResponse<byte[]> whole = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Response(whole.statusCode(), whole.body());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("%s sent no complete response to %s within %d ms"
                    .formatted(proxy.podName(), path, timeout.toMillis()));
        } catch (ExecutionException e) {
            throw failure(e.getCause(), "%s sends more than %d bytes to %s".formatted(proxy.podName(), maxBytes, path));
        } finally {
            future.cancel(true);
        }
    }

    /** The JDK's handler tells an exceeded limit only by its message. */
    private static IOException failure(Throwable cause, String tooLong) {
        if (cause instanceof IOException && String.valueOf(cause.getMessage()).startsWith("body exceeds capacity")) {
            return new IOException(tooLong, cause);
        }
        return cause instanceof IOException failure ? failure : new IOException(cause.getMessage(), cause);
    }

    @Override
    public void close() {
        http.shutdownNow();
        executor.shutdownNow();
    }
}
