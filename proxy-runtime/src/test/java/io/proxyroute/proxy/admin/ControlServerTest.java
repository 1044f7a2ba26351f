package io.proxyroute.proxy.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.proxyroute.proxy.loop.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over sockets, with real certificates. */
class ControlServerTest {

    private static final int MAX_BODY_BYTES = AdminRoutes.MAX_BODY_BYTES;
    private static final ServerLimits LIMITS = ServerLimits.withBodiesUpTo(MAX_BODY_BYTES);

    @TempDir
    private Path files;

    private final Pki pki = new Pki("one");
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, Transport.available().handlers());
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Router router = new Router()
            .get("/hello", body -> AdminResponse.text(200, "hello"))
            .put("/echo", body -> new AdminResponse(200, "text/plain", body))
            .get("/broken", body -> {
                throw new IOException("the disk is gone");
            })
            .get("/failing", body -> {
                throw new AssertionError("a class was changed");
            })
            .get("/slow", body -> {
                gate.await();
                return AdminResponse.text(200, "at last");
            });
    private AdminTls tls;
    private ControlServer server;

    @BeforeEach
    void start() throws IOException {
        pki.mount(files);
        tls = new AdminTls(files);
        server = new ControlServer(Transport.available(), loop, executor, router, LIMITS, tls, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.close();
        executor.shutdownNow();
        loop.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
    }

    private HttpResponse<String> send(HttpClient client, String method, String path, byte[] body)
            throws IOException, InterruptedException {
        return send(client, server, method, path, body);
    }

    private static HttpResponse<String> send(
            HttpClient client, ControlServer to, String method, String path, byte[] body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + to.port() + path))
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(HttpClient client, ControlServer from, String path)
            throws IOException, InterruptedException {
        return send(client, from, "GET", path, new byte[0]);
    }

    private HttpResponse<String> get(HttpClient client, String path) throws IOException, InterruptedException {
        return send(client, "GET", path, new byte[0]);
    }

    @Nested
    class Requests {

        @Test
        void respondsToOperator() throws Exception {
            try (HttpClient operator = pki.operator()) {
                assertThat(get(operator, "/hello?x=1").body()).isEqualTo("hello\n");
                assertThat(send(operator, "PUT", "/echo", "x".repeat(100_000).getBytes(StandardCharsets.UTF_8))
                                .body())
                        .hasSize(100_000);
                HttpResponse<String> missing = get(operator, "/nothing");
                assertThat(missing.statusCode()).isEqualTo(404);
                assertThat(missing.body()).isEqualTo("No such path: /nothing\n");
                HttpResponse<String> wrong = send(operator, "POST", "/echo", new byte[0]);
                assertThat(wrong.statusCode()).isEqualTo(405);
                assertThat(wrong.body()).isEqualTo("/echo supports only PUT.\n");
                HttpResponse<String> broken = get(operator, "/broken");
                assertThat(broken.statusCode()).isEqualTo(500);
                assertThat(broken.body()).isEqualTo("/broken failed: the disk is gone\n");
                HttpResponse<String> failing = get(operator, "/failing");
                assertThat(failing.statusCode()).isEqualTo(500);
                assertThat(failing.body()).isEqualTo("/failing failed: a class was changed\n");
                assertThat(get(operator, "/hello").statusCode()).isEqualTo(200);
            }
        }

        @Test
        void rejectsEveryClientButOperator() throws Exception {
            try (HttpClient anonymous = pki.anonymous();
                    HttpClient proxy = pki.client(Pki.ROUTE);
                    HttpClient similar = pki.client("urn:proxyroute:operator2")) {
                assertThatThrownBy(() -> get(anonymous, "/hello")).isInstanceOf(IOException.class);
                HttpResponse<String> refused = get(proxy, "/hello");
                assertThat(refused.statusCode()).isEqualTo(403);
                assertThat(refused.body())
                        .isEqualTo("The client certificate has no SAN URI urn:proxyroute:operator.\n");
                assertThat(send(similar, "PUT", "/echo", new byte[1]).statusCode())
                        .isEqualTo(403);
                assertThat(send(similar, "PUT", "/echo", new byte[MAX_BODY_BYTES + 1])
                                .statusCode())
                        .as("rejected without buffering the body")
                        .isEqualTo(403);
            }
            // Its certificate names the operator, but an unknown authority issued it.
            Pki other = new Pki("one");
            try (HttpClient impostor = other.operator()) {
                assertThatThrownBy(() -> get(impostor, "/hello")).isInstanceOf(IOException.class);
            }
            try (Socket plain = new Socket("127.0.0.1", server.port())) {
                plain.getOutputStream()
                        .write("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("hello");
            }
        }

        @Test
        void rejectsBodyThatIsTooLarge() throws Exception {
            try (HttpClient operator = pki.operator()) {
                assertThat(send(operator, "PUT", "/echo", new byte[MAX_BODY_BYTES + 1])
                                .statusCode())
                        .isEqualTo(413);
                assertThat(send(operator, "PUT", "/echo", new byte[MAX_BODY_BYTES])
                                .statusCode())
                        .isEqualTo(200);
            }
        }

        @Test
        void slowHandlerDoesNotDelayOtherRequests() throws Exception {
            try (HttpClient operator = pki.operator()) {
                var slow = operator.sendAsync(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/slow"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(get(operator, "/hello").statusCode()).isEqualTo(200);
                assertThat(slow).isNotDone();
                gate.countDown();
                assertThat(slow.get(10, SECONDS).body()).isEqualTo("at last\n");
            }
        }
    }

    @Nested
    class Certificates {

        @Test
        void usesNewCertificatesForNewConnections() throws Exception {
            Pki next = new Pki("two");
            try (HttpClient before = pki.operator();
                    HttpClient after = next.operator()) {
                assertThat(get(before, "/hello").statusCode()).isEqualTo(200);
                next.mount(files);
                assertThat(tls.reload()).isTrue();
                assertThat(get(after, "/hello").statusCode()).isEqualTo(200);
                assertThat(get(before, "/hello").statusCode())
                        .as("status on a connection opened before the reload")
                        .isEqualTo(200);
            }
            try (HttpClient late = pki.operator()) {
                assertThatThrownBy(() -> get(late, "/hello")).isInstanceOf(IOException.class);
            }
        }

        @Test
        void keepsItsCertificatesWhenNewOnesAreInvalid() throws Exception {
            Files.writeString(files.resolve("tls.crt"), "-----BEGIN CERTIFICATE-----\nMIIB");
            assertThat(tls.reload()).isFalse();
            Files.delete(files.resolve("tls.key"));
            assertThat(tls.reload()).isFalse();
            try (HttpClient operator = pki.operator()) {
                assertThat(get(operator, "/hello").statusCode()).isEqualTo(200);
            }
            pki.mount(files);
            assertThat(tls.reload()).isTrue();
        }

        @Test
        void readsAllFilesFromOneVersionOfSecret() throws Exception {
            Path mount = Files.createDirectory(files.resolve("mount"));
            Path version = Files.createDirectory(mount.resolve("..2030_01_01"));
            pki.mount(version);
            Files.createSymbolicLink(mount.resolve("..data"), version.getFileName());
            // What a reader finds that resolves the link again for each file during a swap.
            new Pki("two").mount(mount);
            Files.copy(version.resolve("tls.key"), mount.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
            try (ControlServer mounted = serving(LIMITS, new AdminTls(mount));
                    HttpClient operator = pki.operator()) {
                assertThat(get(operator, mounted, "/hello").statusCode()).isEqualTo(200);
            }
        }
    }

    private ControlServer serving(ServerLimits limits, AdminTls certificates) throws IOException {
        return new ControlServer(Transport.available(), loop, executor, router, limits, certificates, "127.0.0.1", 0);
    }

    private static boolean isClosed(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        return socket.getInputStream().read() < 0;
    }

    private static String ask(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String status = in.readLine();
        String line = status;
        while (line != null && !line.equals("hello")) {
            line = in.readLine();
        }
        return status;
    }

    @Nested
    class Connections {

        @Test
        void idleConnectionsDoNotLockOutNewOnes() throws Exception {
            List<Socket> silent = new ArrayList<>();
            try (ControlServer small = serving(new ServerLimits(1, 4, Duration.ofMinutes(5)), null);
                    Socket known = new Socket("127.0.0.1", small.port())) {
                assertThat(ask(known)).isEqualTo("HTTP/1.1 200 OK");
                for (int i = 0; i < 12; i++) {
                    silent.add(new Socket("127.0.0.1", small.port()));
                }
                try (Socket late = new Socket("127.0.0.1", small.port())) {
                    assertThat(ask(late)).isEqualTo("HTTP/1.1 200 OK");
                }
                assertThat(isClosed(silent.getFirst()))
                        .as("the connection idle for longest is closed")
                        .isTrue();
                assertThat(ask(known))
                        .as("status on a connection that has sent a request before")
                        .isEqualTo("HTTP/1.1 200 OK");
            } finally {
                for (Socket socket : silent) {
                    socket.close();
                }
            }
        }

        @Test
        void closesConnectionsWithoutTimelyFirstRequest() throws Exception {
            try (ControlServer hasty = serving(new ServerLimits(1, 4, Duration.ofMillis(300)), null);
                    Socket asking = new Socket("127.0.0.1", hasty.port());
                    Socket silent = new Socket("127.0.0.1", hasty.port())) {
                assertThat(ask(asking)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(isClosed(silent)).isTrue();
                assertThat(ask(asking)).isEqualTo("HTTP/1.1 200 OK");
            }
            try (ControlServer hasty = serving(new ServerLimits(1, 4, Duration.ofMillis(300)), tls);
                    Socket silent = new Socket("127.0.0.1", hasty.port())) {
                assertThat(isClosed(silent))
                        .as("closed without a TLS handshake")
                        .isTrue();
            }
        }

        @Test
        void survivesConnectionReset() throws Exception {
            try (Socket plain = new Socket("127.0.0.1", server.port())) {
                plain.setSoLinger(true, 0);
                plain.getOutputStream().write(0x16);
            }
            try (HttpClient operator = pki.operator()) {
                await().atMost(60, SECONDS).until(() -> get(operator, "/hello").statusCode() == 200);
            }
        }
    }

    @Test
    void reportsPortThatIsInUse() {
        assertThatThrownBy(() -> new ControlServer(
                        Transport.available(), loop, executor, router, LIMITS, null, "127.0.0.1", server.port()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot bind port " + server.port() + ": ");
    }
}
