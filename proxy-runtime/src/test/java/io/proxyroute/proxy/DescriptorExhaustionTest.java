package io.proxyroute.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that runs out of file descriptors, and gets them back. */
class DescriptorExhaustionTest {

    private static final int OPEN_FILES = 300;
    private static final int MAX_CONNECTIONS_PER_BACKEND = 20;

    @TempDir
    private Path config;

    private TestBackend backend;

    @BeforeEach
    void open() throws IOException {
        backend = new TestBackend();
        Files.writeString(config.resolve("config.json"), """
                {"route": {"namespace": "shop", "name": "web", "uid": "u1"}, "sequence": 1,
                 "listeners": [{"name": "http", "port": 0}],
                 "rules": [{"name": "all", "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                   "backendRefs": [{"backend": "web"}]}],
                 "backends": [{"id": "web", "host": "127.0.0.1", "port": %d}],
                 "connectionPool": {"maxConnectionsPerBackend": %d, "keepAlive": "PT0.001S"},
                 "drain": {"delay": "PT1S", "timeout": "PT5S"}}
                """.formatted(backend.port(), MAX_CONNECTIONS_PER_BACKEND));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void servesAgainWhenDescriptorsAreFree() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.withOpenFiles(OPEN_FILES, config).ready();
                KeepAliveClient client = new KeepAliveClient(proxy.traffic())) {
            assertThat(client.get("/before")).startsWith("http/1.1 200");
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < OPEN_FILES; i++) {
                    sockets.add(new Socket("127.0.0.1", proxy.traffic()));
                }
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> client.get("/until-exhausted").startsWith("http/1.1 50"));
                for (int i = 0; i < 2 * MAX_CONNECTIONS_PER_BACKEND; i++) {
                    assertThat(client.get("/exhausted")).startsWith("http/1.1 50");
                }
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            await().atMost(Duration.ofSeconds(30))
                    .ignoreException(IOException.class)
                    .until(() -> client.get("/after").startsWith("http/1.1 200"));
            for (int i = 0; i < 2 * MAX_CONNECTIONS_PER_BACKEND; i++) {
                assertThat(client.get("/after")).startsWith("http/1.1 200");
            }
            String metrics = ProxyProcess.get("http://127.0.0.1:" + proxy.health() + "/metrics")
                    .body();
            assertThat(metrics)
                    .contains("proxyroute_pool_permits_lost 0.0")
                    .containsPattern("proxyroute_pool_permits [01].0");
        }
    }
}
