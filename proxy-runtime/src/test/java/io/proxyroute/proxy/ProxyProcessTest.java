package io.proxyroute.proxy;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Rejected;
import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.admin.Pki;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyProcessTest {

    @TempDir
    private Path config;

    @TempDir
    private Path tls;

    @TempDir
    private Path state;

    private final Pki pki = new Pki("authority");
    private TestBackend backend;

    @BeforeEach
    void open() throws IOException {
        backend = new TestBackend();
        pki.mount(tls);
        Files.writeString(config.resolve("config.json"), document(1, "/", "PT300S"));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private String document(long sequence, String prefix, String liveSetInterval) {
        return """
                {"route": {"namespace": "shop", "name": "web", "uid": "u1"}, "sequence": %d,
                 "listeners": [{"name": "http", "port": 0}],
                 "rules": [{"name": "all", "matches": [{"path": {"type": "PathPrefix", "value": "%s"}}],
                   "backendRefs": [{"backend": "web"}]}],
                 "backends": [{"id": "web", "host": "127.0.0.1", "port": %d}],
                 "drain": {"delay": "PT1S", "timeout": "PT20S"},
                 "telemetry": {"accessLog": true, "liveSetInterval": "%s"}}
                """.formatted(sequence, prefix, backend.port(), liveSetInterval);
    }

    private void mountDrain(String delay, String timeout) throws IOException {
        Files.writeString(
                config.resolve("config.json"),
                document(1, "/", "PT300S")
                        .replace("\"delay\": \"PT1S\"", "\"delay\": \"" + delay + "\"")
                        .replace("\"timeout\": \"PT20S\"", "\"timeout\": \"" + timeout + "\""));
    }

    private ProxyProcess start() throws IOException {
        return ProxyProcess.start(List.of(), config, "--tls", tls.toString(), "--state", state.toString());
    }

    private static HttpResponse<String> send(HttpClient client, int port, String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static <T> T read(HttpResponse<String> response, Class<T> type) throws IOException {
        return Json.MAPPER.readValue(response.body(), type);
    }

    @Test
    void servesReportsAndAppliesUpdates() throws Exception {
        try (ProxyProcess proxy = start().ready();
                HttpClient operator = pki.operator();
                KeepAliveClient client = new KeepAliveClient(proxy.traffic())) {
            assertThat(backend.requests())
                    .as("requests to the backend during the warm-up")
                    .isZero();
            assertThat(client.get("/a?token=secret")).isEqualTo("http/1.1 200 ok backend /a");
            int admin = proxy.admin();

            assertThat(jacksonGrowthBetweenTwoHistograms(operator, admin))
                    .as("growth caused by taking the histogram itself")
                    .isLessThan(10);

            Snapshot snapshot = read(send(operator, admin, "GET", AdminApi.SNAPSHOT, ""), Snapshot.class);
            assertThat(snapshot.pod().routeUid()).isEqualTo("u1");
            assertThat(snapshot.state()).isEqualTo(Snapshot.ProcessState.READY);
            assertThat(snapshot.traffic().requestsTotal())
                    .as("requests counted, without the warm-up")
                    .isEqualTo(1);
            assertThat(snapshot.traffic().connections()).isEqualTo(1);
            assertThat(snapshot.memory().residentBytes())
                    .isGreaterThan(snapshot.memory().heapUsedBytes());
            assertThat(snapshot.memory().jdkDirect().usedBytes()).isPositive();
            assertThat(snapshot.memory().jdkDirect().maxBytes())
                    .as("limit of direct memory, by default the maximum heap")
                    .isEqualTo(96L << 20);
            assertThat(snapshot.pools()).singleElement().satisfies(pool -> {
                assertThat(pool.backend()).isEqualTo("web");
                assertThat(pool.acquiresTotal()).isEqualTo(1);
            });
            assertThat(snapshot.ledger().openRecords()).isZero();

            LiveSetSample sample =
                    read(send(operator, admin, "POST", AdminApi.MEASURE_LIVE_SET, ""), LiveSetSample.class);
            assertThat(sample.liveBytes()).isBetween(1L << 20, 64L << 20);
            assertThat(sample.maxBytes()).isEqualTo(96L << 20);
            for (String path : List.of(
                    AdminApi.EXCHANGES,
                    AdminApi.POOLS,
                    AdminApi.LEDGER,
                    AdminApi.THREADS,
                    AdminApi.CLASS_HISTOGRAM,
                    AdminApi.LIVE_SET,
                    AdminApi.CONFIG)) {
                HttpResponse<String> response = send(operator, admin, "GET", path, "");
                assertThat(response.statusCode()).as(path).isEqualTo(200);
                assertThat(Json.MAPPER.readTree(response.body()).isEmpty())
                        .as(path)
                        .isFalse();
            }

            String metrics = ProxyProcess.get("http://127.0.0.1:" + proxy.health() + "/metrics")
                    .body();
            assertThat(metrics)
                    .contains("proxyroute_exchange_seconds_count{rule=\"all\",status=\"2xx\"} 1")
                    .contains("proxyroute_pool_acquires_total{backend=\"web\"} 1.0")
                    .contains("proxyroute_live_set_bytes " + (double) sample.liveBytes())
                    .contains("proxyroute_process_state{state=\"READY\"} 1.0")
                    .contains("jvm_gc_pause_seconds_count")
                    .doesNotContain("warm-up");

            HttpResponse<String> updated =
                    send(operator, admin, "PUT", AdminApi.CONFIG, "{\"config\": " + document(2, "/b", "PT0S") + "}");
            assertThat(updated.statusCode()).isEqualTo(200);
            assertThat(read(updated, Applied.class).sequence()).isEqualTo(2);
            assertThat(client.get("/b")).isEqualTo("http/1.1 200 ok backend /b");
            assertThat(client.get("/a")).startsWith("http/1.1 404");

            HttpResponse<String> stale =
                    send(operator, admin, "PUT", AdminApi.CONFIG, "{\"config\": " + document(1, "/", "PT0S") + "}");
            assertThat(stale.statusCode()).isEqualTo(409);
            assertThat(read(stale, Applied.class)).isEqualTo(read(updated, Applied.class));

            HttpResponse<String> bad = send(
                    operator,
                    admin,
                    "PUT",
                    AdminApi.CONFIG,
                    "{\"config\": "
                            + document(3, "c", "PT0S").replace("\"backend\": \"web\"", "\"backend\": \"nowhere\"")
                            + "}");
            assertThat(bad.statusCode()).isEqualTo(400);
            assertThat(read(bad, Rejected.class).errors())
                    .extracting(error -> error.path())
                    .containsExactly("config.rules[0].matches[0].path.value", "config.rules[0].backendRefs[0].backend");
            assertThat(client.get("/b")).isEqualTo("http/1.1 200 ok backend /b");

            await().atMost(60, SECONDS).until(() -> proxy.accessLog().size() >= 4);
            JsonNode line = Json.MAPPER.readTree(proxy.accessLog().getFirst());
            assertThat(line.get("path").textValue()).isEqualTo("/a");
            assertThat(line.get("traceId").textValue()).matches("[0-9a-f]{32}");
            assertThat(proxy.accessLog()).hasSize(4).noneMatch(l -> l.contains("secret"));
        }
    }

    /** Growth of classes that are in both histograms. */
    private static long jacksonGrowthBetweenTwoHistograms(HttpClient operator, int admin) throws Exception {
        Map<String, Long> before = jacksonObjects(operator, admin);
        Map<String, Long> after = jacksonObjects(operator, admin);
        assertThat(before).as("Jackson classes in the first histogram").hasSizeGreaterThan(3);
        return before.entrySet().stream()
                .mapToLong(row -> after.getOrDefault(row.getKey(), 0L) - row.getValue())
                .sum();
    }

    private static Map<String, Long> jacksonObjects(HttpClient operator, int admin) throws Exception {
        return read(send(operator, admin, "GET", AdminApi.CLASS_HISTOGRAM, ""), ClassHistogram.class).rows().stream()
                .filter(row -> row.className().startsWith("com.fasterxml."))
                .collect(Collectors.toMap(ClassHistogram.Row::className, ClassHistogram.Row::instances, Long::sum));
    }

    @Test
    void restartKeepsConfigurationAndLiveSetHistory() throws Exception {
        try (HttpClient operator = pki.operator()) {
            try (ProxyProcess first = start().ready()) {
                send(operator, first.admin(), "POST", AdminApi.MEASURE_LIVE_SET, "");
                send(
                        operator,
                        first.admin(),
                        "PUT",
                        AdminApi.CONFIG,
                        "{\"config\": " + document(5, "/b", "PT0S") + "}");
                first.kill();
            }
            try (ProxyProcess second = start().ready()) {
                Snapshot snapshot = read(send(operator, second.admin(), "GET", AdminApi.SNAPSHOT, ""), Snapshot.class);
                assertThat(snapshot.config().sequence()).isEqualTo(5);
                LiveSetHistory history =
                        read(send(operator, second.admin(), "GET", AdminApi.LIVE_SET, ""), LiveSetHistory.class);
                assertThat(history.processes()).hasSize(2);
                assertThat(history.processes().getFirst().samples()).hasSize(1);
                assertThat(history.processes().getLast().samples()).isEmpty();
            }
        }
    }

    @Nested
    class Draining {

        @Test
        void drainLosesNoRequest() throws Exception {
            try (ProxyProcess proxy = start().ready()) {
                int port = proxy.traffic();
                AtomicBoolean stop = new AtomicBoolean();
                AtomicInteger responses = new AtomicInteger();
                AtomicInteger reconnects = new AtomicInteger();
                Queue<String> failures = new ConcurrentLinkedQueue<>();
                KeepAliveClient idle = new KeepAliveClient(port);
                idle.get("/idle");
                List<Thread> clients = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    clients.add(Thread.ofPlatform().start(() -> {
                        try (KeepAliveClient client = new KeepAliveClient(port)) {
                            while (!stop.get()) {
                                String response = client.get("/load");
                                if (!response.equals("http/1.1 200 ok backend /load")) {
                                    failures.add(response);
                                }
                                responses.incrementAndGet();
                                reconnects.addAndGet(client.closeRequested() ? 1 : 0);
                            }
                        } catch (IOException e) {
                            failures.add(e.toString());
                        }
                    }));
                }
                await().atMost(60, SECONDS).until(() -> responses.get() > 200);
                proxy.terminate();
                await().atMost(60, SECONDS)
                        .until(() -> ProxyProcess.get("http://127.0.0.1:" + proxy.health() + "/readyz")
                                        .statusCode()
                                == 503);
                int before = responses.get();
                await().atMost(60, SECONDS).until(() -> responses.get() > before + 50 && reconnects.get() > 10);
                // New connections are accepted as long as they arrive, even after the delay.
                await().pollDelay(1500, MILLISECONDS).atMost(60, SECONDS).until(proxy::alive);
                assertThat(idle.get("/late")).isEqualTo("http/1.1 200 ok backend /late");
                assertThat(idle.closeRequested()).isTrue();
                stop.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                assertThat(failures).isEmpty();
                assertThat(proxy.exitStatus()).isZero();
                assertThat(proxy.log()).anyMatch(line -> line.contains("Drained after"));
            }
        }

        @Test
        void idleProxyExitsSoonAfterDrainDelay() throws Exception {
            mountDrain("PT3S", "PT5S");
            try (ProxyProcess proxy = start().ready()) {
                proxy.terminate();
                assertThat(proxy.exitStatus()).isZero();
                assertThat(proxy.log()).anyMatch(line -> line.contains("Drained after 3 s"));
            }
        }

        @Test
        void drainEndsAtItsTimeout() throws Exception {
            mountDrain("PT1S", "PT2S");
            try (ProxyProcess proxy = start();
                    Socket slow = new Socket("127.0.0.1", proxy.traffic())) {
                // Still warming up: SIGTERM already starts the drain.
                slow.getOutputStream()
                        .write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345"
                                .getBytes(StandardCharsets.US_ASCII));
                await().atMost(60, SECONDS)
                        .until(() -> ProxyProcess.get("http://127.0.0.1:" + proxy.health() + "/metrics")
                                .body()
                                .contains("proxyroute_exchanges_in_flight 1.0"));
                proxy.terminate();
                assertThat(proxy.exitStatus()).isZero();
                assertThat(proxy.log())
                        .anyMatch(line -> line.contains("timed out; closing 1 exchanges in flight on 1 connections"))
                        .anyMatch(line -> line.matches(".*Drained after ([3-9]|1\\d) s."));
            }
        }
    }

    @Test
    void reloadsCertificatesWhileRunning() throws Exception {
        Pki next = new Pki("next");
        try (ProxyProcess proxy = start().ready();
                HttpClient operator = next.operator()) {
            int admin = proxy.admin();
            next.mount(tls);
            await().atMost(60, SECONDS)
                    .ignoreExceptions()
                    .until(() ->
                            send(operator, admin, "GET", AdminApi.CONFIG, "").statusCode() == 200);
        }
    }

    @Test
    void logsWhyItCannotStart() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.start(List.of("-XX:+DisableExplicitGC"), config)) {
            assertThat(proxy.exitStatus()).isEqualTo(2);
            await().atMost(60, SECONDS).untilAsserted(() -> assertThat(proxy.log())
                    .anyMatch(line -> line.endsWith(
                            "The JVM option -XX:+DisableExplicitGC prevents live-set" + " measurements; remove it.")));
        }
        try (ProxyProcess proxy = ProxyProcess.start(List.of("-XX:+ExplicitGCInvokesConcurrent"), config)) {
            assertThat(proxy.exitStatus()).isEqualTo(2);
            await().atMost(60, SECONDS).untilAsserted(() -> assertThat(proxy.log())
                    .anyMatch(line -> line.endsWith("The JVM option -XX:+ExplicitGCInvokesConcurrent makes live-set"
                            + " measurements include garbage; remove it.")));
        }
        try (ServerSocket taken = new ServerSocket(0)) {
            Files.writeString(
                    config.resolve("config.json"),
                    document(1, "/", "PT0S").replace("\"port\": 0", "\"port\": " + taken.getLocalPort()));
            try (ProxyProcess proxy = ProxyProcess.start(List.of(), config)) {
                assertThat(proxy.exitStatus()).isEqualTo(2);
                await().atMost(60, SECONDS).untilAsserted(() -> assertThat(proxy.log())
                        .anyMatch(line -> line.contains("Cannot apply the configuration: listeners")
                                && line.contains(Integer.toString(taken.getLocalPort()))));
            }
        }
        Files.writeString(config.resolve("config.json"), document(-1, "x", "PT0S"));
        try (ProxyProcess proxy = ProxyProcess.start(List.of(), config)) {
            assertThat(proxy.exitStatus()).isEqualTo(2);
            await().atMost(60, SECONDS).untilAsserted(() -> assertThat(proxy.log())
                    .anyMatch(line -> line.contains("config.json: sequence: is -1, but must be from 0"))
                    .anyMatch(line -> line.contains(
                            "config.json: rules[0].matches[0].path.value: is \"x\", but must start with a slash.")));
        }
    }
}
