package io.proxyroute.proxy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.admin.Pki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole proxy in this JVM: rules, backends, addresses and settings change all the time, and no request notices. */
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

    @Test
    void updatesLoseNoRequestAndLeaveNothingBehind() throws Exception {
        pki.mount(tls);
        try (TestBackend one = new TestBackend();
                TestBackend two = new TestBackend()) {
            Files.writeString(config.resolve("config.json"), document(1, one));
            ProxySettings settings = new ProxySettings(config, tls, state, config, 0, 0, "127.0.0.1", "pod", "uid");
            try (Proxy proxy = Proxy.start(
                            settings,
                            InstantSource.system(),
                            RandomGenerator.getDefault(),
                            new ByteArrayOutputStream());
                    HttpClient operator = pki.operator()) {
                Load load = new Load(proxy.port("http"));
                URI admin = URI.create("https://127.0.0.1:" + proxy.adminPort());
                for (int sequence = 2; sequence <= UPDATES; sequence++) {
                    int before = load.answered.get();
                    HttpResponse<String> answer = operator.send(
                            HttpRequest.newBuilder(admin.resolve(AdminApi.CONFIG))
                                    .PUT(HttpRequest.BodyPublishers.ofString(
                                            "{\"config\": " + document(sequence, sequence % 2 == 0 ? one : two) + "}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).isEqualTo(200);
                    await().atMost(60, SECONDS).until(() -> load.answered.get() > before || !load.failures.isEmpty());
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
                            .as("pools of backends that no document in use names")
                            .extracting(PoolUsage::backend)
                            .containsExactly("web-" + UPDATES % 7);
                    assertThat(snapshot.ledger().openRecords()).isZero();
                    assertThat(snapshot.ledger().heldLeases()).isZero();
                    assertThat(snapshot.traffic().inFlight()).isZero();
                });
            }
        }
    }

    /** A port is taken: neither the rules nor the addresses of that update may be in use afterwards. */
    @Test
    void ofARefusedUpdateNothingRemains() throws Exception {
        pki.mount(tls);
        try (TestBackend one = new TestBackend();
                TestBackend two = new TestBackend();
                ServerSocket taken = new ServerSocket(0)) {
            String listed =
                    document(1, one).replace("\"port\": " + one.port(), "\"endpoints\": true, \"port\": " + one.port());
            Files.writeString(config.resolve("config.json"), listed);
            Files.writeString(config.resolve("endpoints.json"), endpoints(1, one));
            ProxySettings settings = new ProxySettings(config, tls, state, config, 0, 0, "127.0.0.1", "pod", "uid");
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
                HttpResponse<String> answer = operator.send(
                        HttpRequest.newBuilder(admin)
                                .PUT(HttpRequest.BodyPublishers.ofString(
                                        "{\"config\": " + refused + ", \"endpoints\": " + endpoints(2, two) + "}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body()).contains("listeners", Integer.toString(taken.getLocalPort()));
                assertThat(client.get("/x")).isEqualTo("http/1.1 200 ok backend /x");
                assertThat(one.requests()).isEqualTo(1);
                assertThat(two.requests()).isZero();
            }
        }
    }

    private static String endpoints(long version, TestBackend backend) {
        return """
                {"version": %d, "backends": {"web-1": [{"address": "127.0.0.1", "port": %d}]}}
                """.formatted(version, backend.port());
    }

    /** Kept-alive clients that never retry. */
    private static final class Load {

        private final AtomicInteger answered = new AtomicInteger();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Thread> clients = new ArrayList<>();

        Load(int port) {
            for (int i = 0; i < 6; i++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    try (KeepAliveClient client = new KeepAliveClient(port)) {
                        while (!stop.get()) {
                            String answer = client.get("/x");
                            if (!answer.equals("http/1.1 200 ok backend /x")) {
                                failures.add(answer);
                            }
                            answered.incrementAndGet();
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
