package io.proxyroute.proxy.filter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.BackendRef;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.contract.config.Timeouts;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.pool.BackendPools;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A proxy in this process whose one rule has custom filters, and a backend behind it; both on loopback. */
final class FilteringProxy implements AutoCloseable {

    static final String BACKEND = "shop/cart:80";

    static final FilterRuntime.Bounds BOUNDS =
            new FilterRuntime.Bounds(Duration.ofMillis(200), 5_000, Duration.ofSeconds(1), Duration.ofSeconds(10));

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    final EventLoops loops = new EventLoops(Transport.available(), 2);
    final Ledger ledger = new Ledger(loops, InstantSource.system(), 64 << 20);
    final BackendPools pools = new BackendPools(loops);
    final FilterRuntime runtime;
    final AtomicLong backendBytes = new AtomicLong();

    private final FilterJars jars;
    private final Frontend frontend = new Frontend(loops, pools, ledger, "127.0.0.1", exchange -> {});
    private final HttpServer backend;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Duration requestTimeout;
    private FilterSet current;

    FilteringProxy(Path jarDirectory, Duration requestTimeout) throws IOException {
        this.requestTimeout = requestTimeout;
        jars = FilterJars.open(jarDirectory);
        runtime = new FilterRuntime(jars, loops, pools, ledger, BOUNDS);
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", this::answer);
        backend.setExecutor(Executors.newCachedThreadPool());
        backend.start();
    }

    /** Answers with what it got: the method, the target, and the number of body bytes. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] buffer = new byte[16 << 10];
            long received = 0;
            for (int n; (n = exchange.getRequestBody().read(buffer)) >= 0; ) {
                received += n;
                backendBytes.addAndGet(n);
            }
            String seen = exchange.getRequestHeaders().getFirst("X-Seen");
            byte[] text = (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + received
                            + (seen == null ? "" : " seen=" + seen))
                    .getBytes();
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    /** Serves one rule with these filters from now on. */
    FilteringProxy serve(RuleFilter... filters) throws IOException {
        Rule rule = new Rule("all", List.of(), List.of(filters), List.of(new BackendRef(BACKEND, 1)), null, null);
        ConfigDocument document = new ConfigDocument(
                new RouteRef("shop", "web", "uid"),
                1,
                null,
                List.of(new Listener("http", 0, List.of())),
                List.of(rule),
                List.of(new Backend(
                        BACKEND,
                        backend.getAddress().getAddress().getHostAddress(),
                        backend.getAddress().getPort(),
                        false)),
                new ConnectionPool(
                        8,
                        8,
                        1024,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO),
                new Timeouts(
                        requestTimeout, requestTimeout, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ZERO),
                null,
                null);
        FilterSet next = runtime.prepare(document);
        if (!next.errors().isEmpty()) {
            throw new IllegalArgumentException(next.errors().toString());
        }
        pools.configure(document.connectionPool(), document.backends());
        frontend.apply(document, next.chains(), next::retire);
        current = next;
        return this;
    }

    static RuleFilter custom(String name, String className, Map<String, String> config) {
        return new RuleFilter.Custom(name, className, config);
    }

    static RuleFilter scripted(String name, Scripted.Script script) {
        return custom(name, Scripted.class.getName(), Map.of("script", Scripted.define(script)));
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

    /** A connection of the test's own. */
    Socket connect() {
        try {
            return new Socket("127.0.0.1", port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return frontend.port("http");
    }

    PoolUsage pool() {
        return pools.usage().getFirst();
    }

    @Override
    public void close() throws IOException {
        client.close();
        frontend.close();
        if (current != null) {
            current.retire();
        }
        runtime.close();
        pools.close();
        loops.close();
        jars.close();
        backend.stop(0);
    }
}
