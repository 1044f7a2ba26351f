package io.proxyroute.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with few file descriptors, and clients that open many connections. */
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
    void leavesDescriptorsFreeForRequestsThatAreServed() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.withOpenFiles(OPEN_FILES, config).ready();
                KeepAliveClient client = new KeepAliveClient(proxy.traffic())) {
            assertThat(client.get("/before")).startsWith("http/1.1 200");
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 2 * OPEN_FILES; i++) {
                    sockets.add(new Socket("127.0.0.1", proxy.traffic()));
                    if (i % 10 == 0) {
                        assertThat(client.get("/under-attack")).startsWith("http/1.1 200");
                    }
                }
                assertThat(ProxyProcess.get(proxy.url("/livez")).statusCode()).isEqualTo(200);
                assertThat(ProxyProcess.get(proxy.url("/readyz")).statusCode()).isEqualTo(200);
                assertThat(metric(proxy, "process_files_open_files")).isLessThan(OPEN_FILES - 50);
                assertThat(metric(proxy, "proxyroute_overload_pressure.resource=\"CONNECTIONS\"."))
                        .isPositive();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            for (int i = 0; i < 2 * MAX_CONNECTIONS_PER_BACKEND; i++) {
                assertThat(client.get("/after")).startsWith("http/1.1 200");
            }
            assertThat(metric(proxy, "proxyroute_pool_permits_lost")).isZero();
            assertThat(metric(proxy, "proxyroute_pool_permits")).isLessThanOrEqualTo(1);
            assertThat(proxy.log()).noneMatch(line -> line.startsWith("\tat ")).hasSizeLessThan(100);
        }
    }

    private static double metric(ProxyProcess proxy, String pattern) throws Exception {
        String metrics = ProxyProcess.get(proxy.url("/metrics")).body();
        Matcher matcher = Pattern.compile("(?m)^" + pattern + " (\\S+)$").matcher(metrics);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
