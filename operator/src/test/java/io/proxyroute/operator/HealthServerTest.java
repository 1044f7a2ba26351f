package io.proxyroute.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {

    static {
        HealthServer.limitServers();
    }

    private HealthServer server;

    @BeforeEach
    void start() throws IOException {
        server = new HealthServer(0, () -> true, () -> false, () -> "metrics 1\n");
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void halfRequestsDoNotStopProbes() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 2_000; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
                client.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
                clients.add(client);
            }

            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> read("/livez")
                    .equals("ok\n"));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void servesMetrics() throws IOException {
        assertThat(read("/metrics")).isEqualTo("metrics 1\n");
    }

    private String read(String path) throws IOException {
        var connection =
                URI.create("http://127.0.0.1:" + server.port() + path).toURL().openConnection();
        connection.setConnectTimeout(1_000);
        connection.setReadTimeout(1_000);
        try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
