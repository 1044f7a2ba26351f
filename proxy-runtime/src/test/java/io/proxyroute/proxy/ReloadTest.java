package io.proxyroute.proxy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.admin.Pki;
import io.proxyroute.proxy.filter.FilterDirectory;
import io.proxyroute.proxy.filter.Probed;
import io.proxyroute.proxy.pool.DeniedAddresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the whole proxy in this JVM and changes its configuration under load. */
class ReloadTest {

    private static final int UPDATES = 150;

    @TempDir
    private Path config;

    @TempDir
    private Path tls;

    @TempDir
    private Path state;

    private final Pki pki = new Pki("authority");

    private static String document(long sequence, TestBackend backend) {
        String id = "web-" + sequence % 7;
        return """
                {"route": {"namespace": "shop", "name": "web", "uid": "u1"}, "sequence": %d,
                 "listeners": [{"name": "http", "port": 0}],
                 "rules": [{"name": "rule-%d",
                   "filters": [{"type": "ResponseHeaderModifier",
                     "edits": {"set": [{"name": "x-sequence", "value": "%d"}]}}],
                   "backendRefs": [{"backend": "%s"}]}],
                 "backends": [{"id": "%s", "host": "127.0.0.1", "port": %d}],
                 "connectionPool": {"maxConnectionsPerBackend": %d},
                 "telemetry": {"accessLog": false, "liveSetInterval": "PT0S"}}
                """.formatted(sequence, sequence % 5, sequence, id, id, backend.port(), 10 + sequence % 3);
    }

    private static String withFilter(String document, Map<String, String> settings) {
        String filter = """
                {"type": "Custom", "name": "probed", "className": "%s", "config": {%s}},
                """.formatted(
                        Probed.class.getName(),
                        settings.entrySet().stream()
                                .map(entry -> "\"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
                                .collect(Collectors.joining(", ")));
        return document.replace("\"filters\": [", "\"filters\": [" + filter);
    }

    /** A document whose filter configuration differs from the previous one's. */
    private static String filtered(long sequence, TestBackend backend) {
        return withFilter(
                document(sequence, backend), Map.of("id", "reloaded", "variant", Long.toString(sequence % 3)));
    }

    @Test
    void updatesLoseNoRequestAndLeakNothing() throws Exception {
        pki.mount(tls);
        FilterDirectory.with(config, "probed.jar", Probed.class);
        try (TestBackend one = new TestBackend();
                TestBackend two = new TestBackend()) {
            Files.writeString(config.resolve("config.json"), filtered(1, one));
            ProxySettings settings = new ProxySettings(
                    config, tls, state, config, 0, 0, 2, "127.0.0.1", DeniedAddresses.NONE, "pod", "uid");
            try (Proxy proxy = Proxy.start(
                            settings,
                            InstantSource.system(),
                            RandomGenerator.getDefault(),
                            new ByteArrayOutputStream());
                    HttpClient operator = pki.operator()) {
                Load load = new Load(proxy.port("http"));
                URI admin = URI.create("https://127.0.0.1:" + proxy.adminPort());
                for (int sequence = 2; sequence <= UPDATES; sequence++) {
                    int before = load.responses.get();
                    HttpResponse<String> response = operator.send(
                            HttpRequest.newBuilder(admin.resolve(AdminApi.CONFIG))
                                    .PUT(HttpRequest.BodyPublishers.ofString(
                                            "{\"config\": " + filtered(sequence, sequence % 2 == 0 ? one : two) + "}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertThat(response.statusCode()).isEqualTo(200);
                    await().atMost(60, SECONDS).until(() -> load.responses.get() > before || !load.failures.isEmpty());
                }
                load.stop();
                assertThat(load.failures).isEmpty();
                assertThat(one.requests()).isPositive();
                assertThat(two.requests()).isPositive();
                await().atMost(60, SECONDS).untilAsserted(() -> {
                    Snapshot snapshot = Json.MAPPER.readValue(
                            operator.send(
                                            HttpRequest.newBuilder(admin.resolve(AdminApi.SNAPSHOT))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .body(),
                            Snapshot.class);
                    assertThat(snapshot.config().sequence()).isEqualTo(UPDATES);
                    assertThat(snapshot.pools())
                            .as("backends with a pool")
                            .extracting(PoolUsage::backend)
                            .containsExactly("web-" + UPDATES % 7);
                    assertThat(snapshot.ledger().openRecords()).isZero();
                    assertThat(snapshot.ledger().heldLeases()).isZero();
                    assertThat(snapshot.traffic().inFlight()).isZero();
                    assertThat(Probed.count("reloaded", "configured") - Probed.count("reloaded", "closed"))
                            .as("open filter instances")
                            .isEqualTo(1);
                });
                assertThat(Probed.count("reloaded", "configured")).isGreaterThan(UPDATES / 2);
                assertThat(Probed.count("reloaded", "called")).isPositive();
            }
        }
    }

    /** The listener's port is in use, so neither the rules nor the addresses of the update may take effect. */
    @Test
    void rejectedUpdateHasNoEffect() throws Exception {
        pki.mount(tls);
        try (TestBackend one = new TestBackend();
                TestBackend two = new TestBackend();
                ServerSocket taken = new ServerSocket(0)) {
            String listed =
                    document(1, one).replace("\"port\": " + one.port(), "\"endpoints\": true, \"port\": " + one.port());
            Files.writeString(config.resolve("config.json"), listed);
            Files.writeString(config.resolve("endpoints.json"), endpoints(1, one));
            ProxySettings settings = new ProxySettings(
                    config, tls, state, config, 0, 0, 2, "127.0.0.1", DeniedAddresses.NONE, "pod", "uid");
            try (Proxy proxy = Proxy.start(
                            settings,
                            InstantSource.system(),
                            RandomGenerator.getDefault(),
                            new ByteArrayOutputStream());
                    HttpClient operator = pki.operator();
                    KeepAliveClient client = new KeepAliveClient(proxy.port("http"))) {
                URI admin = URI.create("https://127.0.0.1:" + proxy.adminPort() + AdminApi.CONFIG);
                String refused = listed.replace("\"sequence\": 1", "\"sequence\": 2")
                        .replace("\"port\": 0", "\"port\": " + taken.getLocalPort());
                HttpResponse<String> response = operator.send(
                        HttpRequest.newBuilder(admin)
                                .PUT(HttpRequest.BodyPublishers.ofString(
                                        "{\"config\": " + refused + ", \"endpoints\": " + endpoints(2, two) + "}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(response.body()).contains("listeners", Integer.toString(taken.getLocalPort()));
                assertThat(client.get("/x")).isEqualTo("http/1.1 200 ok backend /x");
                assertThat(one.requests()).isEqualTo(1);
                assertThat(two.requests()).isZero();
            }
        }
    }

    /** Only its own update fails; the health port and other admin requests do not wait for it. */
    @Test
    @Timeout(120)
    void rejectsFilterWhoseConfigureHangs() throws Exception {
        pki.mount(tls);
        FilterDirectory.with(config, "probed.jar", Probed.class);
        CountDownLatch measured = new CountDownLatch(1);
        InstantSource clock = () -> {
            if (Thread.currentThread().getName().equals("live-set")) {
                awaitUninterrupted(measured);
            }
            return Instant.now();
        };
        try (TestBackend one = new TestBackend()) {
            Files.writeString(config.resolve("config.json"), document(1, one));
            ProxySettings settings = new ProxySettings(
                    config, tls, state, config, 0, 0, 2, "127.0.0.1", DeniedAddresses.NONE, "pod", "uid");
            try (Proxy proxy = Proxy.start(settings, clock, RandomGenerator.getDefault(), new ByteArrayOutputStream());
                    HttpClient operator = pki.operator()) {
                URI admin = URI.create("https://127.0.0.1:" + proxy.adminPort());
                String hanging = withFilter(document(2, one), Map.of("id", "reload-hangs", "stubborn", "yes"));
                CompletableFuture<HttpResponse<String>> first =
                        operator.sendAsync(put(admin, hanging), HttpResponse.BodyHandlers.ofString());
                await().atMost(60, SECONDS).until(() -> Probed.count("reload-hangs", "hanging") == 1);
                assertThat(operator.send(put(admin, document(3, one)), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(503);
                HttpRequest measure = HttpRequest.newBuilder(admin.resolve(AdminApi.MEASURE_LIVE_SET))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
                List<CompletableFuture<HttpResponse<String>>> busy = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    busy.add(operator.sendAsync(measure, HttpResponse.BodyHandlers.ofString()));
                }
                assertThat(ProxyProcess.get("http://127.0.0.1:" + proxy.healthPort() + "/livez")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(busy).noneMatch(CompletableFuture::isDone);
                HttpResponse<String> refused = first.get(60, SECONDS);
                assertThat(refused.statusCode()).isEqualTo(400);
                assertThat(refused.body())
                        .contains("config.rules[0].filters[0].config", "configure did not return within PT5S");
                assertThat(ProxyProcess.get("http://127.0.0.1:" + proxy.healthPort() + "/livez")
                                .statusCode())
                        .as("while every thread of the admin port is busy")
                        .isEqualTo(200);
                measured.countDown();
                for (CompletableFuture<HttpResponse<String>> response : busy) {
                    assertThat(response.get(60, SECONDS).statusCode()).isEqualTo(200);
                }
                assertThat(operator.send(put(admin, document(3, one)), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            } finally {
                measured.countDown();
                Probed.release("reload-hangs");
            }
            await().atMost(60, SECONDS).until(() -> Probed.count("reload-hangs", "closed") == 1);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpRequest put(URI admin, String document) {
        return HttpRequest.newBuilder(admin.resolve(AdminApi.CONFIG))
                .PUT(HttpRequest.BodyPublishers.ofString("{\"config\": " + document + "}"))
                .build();
    }

    private static String endpoints(long version, TestBackend backend) {
        return """
                {"version": %d, "backends": {"web-1": [{"address": "127.0.0.1", "port": %d}]}}
                """.formatted(version, backend.port());
    }

    /** Keep-alive clients that never retry. */
    private static final class Load {

        private final AtomicInteger responses = new AtomicInteger();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Thread> clients = new ArrayList<>();

        Load(int port) {
            for (int i = 0; i < 6; i++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    try (KeepAliveClient client = new KeepAliveClient(port)) {
                        while (!stop.get()) {
                            String response = client.get("/x");
                            if (!response.equals("http/1.1 200 ok backend /x")) {
                                failures.add(response);
                            }
                            responses.incrementAndGet();
                        }
                    } catch (IOException e) {
                        failures.add(e.toString());
                    }
                }));
            }
        }

        void stop() throws InterruptedException {
            stop.set(true);
            for (Thread client : clients) {
                client.join();
            }
        }
    }
}
