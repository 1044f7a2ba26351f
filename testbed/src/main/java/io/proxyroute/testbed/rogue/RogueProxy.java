package io.proxyroute.testbed.rogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers the operator's requests to a proxy's admin port with a valid certificate, but not as a proxy does. It is ready as soon as it
 * runs. The system property {@code rogue} selects how it misbehaves.
 */
public final class RogueProxy {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEALTH_PORT = 9090;
    private static final int ADMIN_PORT = 9901;
    private static final int OFFENDERS = 2_000;

    /** What it does. */
    public enum Behavior {
        /** Every response body goes on forever. */
        ENDLESS,
        /** Every push is refused, because the process has a higher sequence number. */
        CONFLICT,
        /** Every push is accepted, but another document is served. */
        FOREIGN,
        /** Every snapshot names new places in the code that leak. */
        OFFENDERS,
        /** Every connection is closed in the middle of a response. */
        RESET
    }

    private final Behavior behavior;
    private final String routeUid;
    private final String podUid;
    private final Instant startedAt = Instant.now();
    private final AtomicLong counter = new AtomicLong();

    private RogueProxy(Behavior behavior, String routeUid, String podUid) {
        this.behavior = behavior;
        this.routeUid = routeUid;
        this.podUid = podUid;
    }

    /**
     * Serves until the process ends.
     *
     * @param tls directory with the certificate of the route
     * @param config directory with the configuration that a proxy starts with
     */
    public static void run(Path tls, Path config) throws Exception {
        Behavior behavior = Behavior.valueOf(System.getProperty("rogue").toUpperCase(Locale.ROOT));
        JsonNode document = JSON.readTree(config.resolve("config.json").toFile());
        RogueProxy rogue = new RogueProxy(behavior, document.at("/route/uid").asText(), System.getenv("POD_UID"));
        HttpServer health = HttpServer.create(new InetSocketAddress(HEALTH_PORT), 0);
        health.createContext("/", exchange -> send(exchange, 200, "ok"));
        HttpsServer admin = HttpsServer.create(new InetSocketAddress(ADMIN_PORT), 0);
        JdkSslContext context = (JdkSslContext) SslContextBuilder.forServer(
                        tls.resolve("tls.crt").toFile(), tls.resolve("tls.key").toFile())
                .sslProvider(SslProvider.JDK)
                .build();
        admin.setHttpsConfigurator(new HttpsConfigurator(context.context()));
        admin.createContext("/", rogue::answer);
        for (HttpServer server : new HttpServer[] {health, admin}) {
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        }
        Thread.currentThread().join();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean push = exchange.getRequestMethod().equals("PUT");
        switch (behavior) {
            case ENDLESS -> sendForever(exchange);
            case RESET -> {
                exchange.sendResponseHeaders(200, 1_000);
                exchange.getResponseBody().write(new byte[10]);
                exchange.close();
            }
            case CONFLICT -> {
                if (push) {
                    long sequence = JSON.readTree(body).at("/config/sequence").asLong() + 1;
                    send(exchange, 409, applied("other", sequence));
                } else {
                    send(exchange, 200, snapshot(0));
                }
            }
            case FOREIGN -> send(exchange, 200, push ? applied("foreign", 1) : snapshot(0));
            case OFFENDERS -> {
                JsonNode config = JSON.readTree(body).path("config");
                send(
                        exchange,
                        200,
                        push
                                ? applied(
                                        config.path("hash").asText(),
                                        config.path("sequence").asLong())
                                : snapshot(OFFENDERS));
            }
        }
    }

    private static void sendForever(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] chunk = "[".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        while (true) {
            exchange.getResponseBody().write(chunk);
        }
    }

    private static String applied(String hash, long sequence) {
        return """
                {"hash": "%s", "sequence": %d, "endpointsVersion": %d}""".formatted(hash, sequence, Long.MAX_VALUE);
    }

    private String snapshot(int offenders) {
        Instant now = Instant.now();
        StringBuilder sites = new StringBuilder();
        for (int i = 0; i < offenders; i++) {
            sites.append(i == 0 ? "" : ",").append("""
                    {"kind": "BUFFER", "filter": "f%d", "site": "C.java:%d", "count": 1, "reclaimed": 1,
                     "firstSeen": "%s", "lastSeen": "%s"}""".formatted(i, counter.incrementAndGet(), now, now));
        }
        return """
                {"pod": {"routeUid": "%s", "podName": "rogue", "podUid": "%s"}, "takenAt": "%s", "startedAt": "%s",
                 "config": {"hash": "%d", "sequence": 1, "appliedAt": "%s", "endpointsVersion": 0}, "state": "READY",
                 "memory": {"heapUsedBytes": 1, "heapCommittedBytes": 1, "heapMaxBytes": 100,
                  "nettyDirect": {"usedBytes": 0, "maxBytes": 1}, "jdkDirect": {"usedBytes": 0, "maxBytes": 1},
                  "residentBytes": 1, "limitBytes": 100},
                 "threads": {"platform": 1, "virtual": 1, "virtualOldestSeconds": 0, "orphans": 0, "schedulerDelayMillis": 0},
                 "traffic": {"inFlight": 0, "connections": 0, "requestsTotal": 0, "proxyErrorsTotal": 0,
                  "backendErrorsTotal": 0, "requestsPerSecond": 0, "inFlightMean": 0, "p99Millis": 0},
                 "pools": [],
                 "ledger": {"openRecords": 0, "heldLeases": 0, "heldBuffers": 0, "heldBufferBytes": 0, "heldTasks": 0,
                  "leaksTotal": 0, "reclaimedTotal": 0, "quarantinedBytes": 0, "offenders": [%s]}}""".formatted(routeUid, podUid, now, startedAt, counter.incrementAndGet(), now, sites);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
