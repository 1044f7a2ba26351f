package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.ledger.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** A proxy in this process whose only rule has custom filters, and its backend; both on loopback. */
final class FilteringProxy implements AutoCloseable {

    static final String BACKEND = "shop/cart:80";

    /** The backend closes the connection after it has served this target. */
    static final String LAST = "/last";

    static final FilterRuntime.Bounds BOUNDS = new FilterRuntime.Bounds(
            Duration.ofMillis(200), 5_000, Duration.ofSeconds(1), Duration.ofSeconds(10), 64 << 20);

    private static final ConnectionPool POOL = new ConnectionPool(
            8,
            8,
            1024,
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    final FilterRuntime runtime;
    final Ledger ledger;

    private final ProxyFixture fixture;
    private final FilterJars jars;
    private final HttpServer backend;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FilterSet current;

    FilteringProxy(Path jarDirectory, Duration requestTimeout) throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", FilteringProxy::respond);
        backend.setExecutor(Executors.newCachedThreadPool());
        backend.start();
        InetSocketAddress at = backend.getAddress();
        fixture = new ProxyFixture(2)
                .backend(BACKEND, new Endpoint(at.getAddress().getHostAddress(), at.getPort()))
                .pool(POOL)
                .timeouts(requestTimeout.toMillis(), requestTimeout.toMillis(), 60_000, 0);
        ledger = fixture.ledger();
        jars = FilterJars.open(jarDirectory);
        runtime = new FilterRuntime(jars, fixture.loops(), fixture.pools(), ledger, BOUNDS);
    }

    /** Responds with the method, the target and the number of body bytes of the request. */
    private static void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] buffer = new byte[16 << 10];
            long received = 0;
            for (int n; (n = exchange.getRequestBody().read(buffer)) >= 0; ) {
                received += n;
            }
            String seen = exchange.getRequestHeaders().getFirst("X-Seen");
            byte[] text = (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + received
                            + (seen == null ? "" : " seen=" + seen))
                    .getBytes();
            if (exchange.getRequestURI().getPath().equals(LAST)) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    /** Applies a document whose only rule has these filters. */
    FilteringProxy serve(RuleFilter... filters) {
        fixture.rules(new Rule("all", null, List.of(filters), List.of(new BackendRef(BACKEND, 1)), null, null));
        FilterSet next = runtime.prepare(fixture.document());
        if (!next.errors().isEmpty()) {
            next.retire();
            throw new IllegalArgumentException(next.errors().toString());
        }
        fixture.apply(next.chains(), next::retire);
        current = next;
        return this;
    }

    static RuleFilter custom(String name, String className, Map<String, String> config) {
        return new RuleFilter.Custom(name, className, config);
    }

    static RuleFilter scripted(String name, ScriptedFilter.Script script) {
        return custom(name, ScriptedFilter.class.getName(), Map.of("script", ScriptedFilter.define(script)));
    }

    HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(target)).build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    URI uri(String target) {
        return URI.create("http://127.0.0.1:" + port() + target);
    }

    /** Opens a plain connection to the proxy. */
    Socket connect() {
        try {
            return new Socket("127.0.0.1", port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return fixture.port();
    }

    PoolUsage pool() {
        return fixture.usage(BACKEND);
    }

    /** Checks what the fixture checks, and that no filter task is left. */
    @Override
    public void close() throws IOException {
        client.close();
        await().untilAsserted(() -> assertThat(runtime.running()).isZero());
        fixture.close();
        if (current != null) {
            current.retire();
        }
        runtime.close();
        jars.close();
        backend.stop(0);
    }
}
