package io.proxyroute.proxy.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The check terminates and counts reachable backends whatever the backends do. */
class BackendCheckTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final List<Socket> queued = new ArrayList<>();
    private ServerSocket up;
    private ServerSocket hanging;
    private int down;

    @BeforeEach
    void open() throws IOException {
        up = new ServerSocket(0, 50, LOOPBACK);
        hanging = new ServerSocket(0, 1, LOOPBACK);
        fillBacklog();
        try (ServerSocket closed = new ServerSocket(0, 1, LOOPBACK)) {
            down = closed.getLocalPort();
        }
    }

    /** This socket never accepts: once its backlog is full, further connection attempts time out. */
    private void fillBacklog() throws IOException {
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(LOOPBACK, hanging.getLocalPort()), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IllegalStateException("the backlog does not fill up");
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : queued) {
            socket.close();
        }
        up.close();
        hanging.close();
    }

    private static ConfigDocument document(Duration connectTimeout, Backend... backends) {
        ConnectionPool pool = new ConnectionPool(
                8,
                8,
                8,
                Duration.ofSeconds(3),
                connectTimeout,
                Duration.ofSeconds(60),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
        return new ConfigDocument(null, 1, null, null, null, List.of(backends), pool, null, null, null, null, null);
    }

    @Test
    void countsReachableAddressesOnly() throws Exception {
        ConfigDocument document = document(
                Duration.ofSeconds(5),
                new Backend("listed", "unused.invalid", 80, true),
                new Backend("by-name", "localhost", up.getLocalPort(), false),
                new Backend("nowhere", "no.such.host.invalid", 80, false));
        EndpointsDocument endpoints = new EndpointsDocument(
                1,
                Map.of(
                        "listed",
                        List.of(
                                new Endpoint(LOOPBACK.getHostAddress(), up.getLocalPort()),
                                new Endpoint(LOOPBACK.getHostAddress(), down))));

        assertThat(BackendCheck.run(document, endpoints)).isEqualTo(2);
    }

    @Test
    @Timeout(60)
    void stopsWaitingForBackendAfterConnectTimeout() throws Exception {
        ConfigDocument document = document(
                Duration.ofMillis(200),
                new Backend("hanging", LOOPBACK.getHostAddress(), hanging.getLocalPort(), false),
                new Backend("up", LOOPBACK.getHostAddress(), up.getLocalPort(), false));

        assertThat(BackendCheck.run(document, null)).isEqualTo(1);
    }

    @Test
    void returnsAtOnceWithoutBackends() throws Exception {
        assertThat(BackendCheck.run(document(Duration.ofSeconds(1)), null)).isZero();
    }
}
