package io.proxyroute.operator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Serves {@code /livez}, {@code /readyz} and {@code /metrics} over plain HTTP, without authentication. Every pod of the cluster can
 * connect, so requests and connections are limited.
 */
final class HealthServer implements AutoCloseable {

    /**
     * Limits requests and connections of all servers of this process. The JDK reads the limits once, when the first server is created.
     */
    static void limitServers() {
        limit("sun.net.httpserver.maxReqTime", "5");
        limit("sun.net.httpserver.maxRspTime", "10");
        limit("sun.net.httpserver.idleInterval", "10");
        limit("sun.net.httpserver.maxReqHeaders", "50");
        limit("jdk.httpserver.maxConnections", "500");
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    HealthServer(int port, BooleanSupplier live, BooleanSupplier ready, Supplier<String> metrics) throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(executor);
        respond("/livez", () -> status(live), () -> live.getAsBoolean() ? "ok\n" : "an informer has stopped\n");
        respond("/readyz", () -> status(ready), () -> ready.getAsBoolean() ? "ok\n" : "not started yet\n");
        respond("/metrics", () -> 200, metrics);
    }

    void start() {
        server.start();
    }

    /** The port that it listens on. */
    int port() {
        return server.getAddress().getPort();
    }

    private void respond(String path, Supplier<Integer> status, Supplier<String> body) {
        server.createContext(path, exchange -> {
            try (exchange) {
                byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders()
                        .set(
                                "Content-Type",
                                path.equals("/metrics") ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain");
                exchange.sendResponseHeaders(status.get(), bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
    }

    private static int status(BooleanSupplier condition) {
        return condition.getAsBoolean() ? 200 : 503;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
