package io.proxyroute.operator.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.operator.fixture.FakeProxy;
import io.proxyroute.operator.pki.CertificateAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls to a proxy that falls silent in the middle of its answer, or never ends it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyClientTest {

    private static final ProxyAddress POD = new ProxyAddress("route-1", "a", "uid-a", "1", "127.0.0.1");

    private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());
    private final CompletableFuture<Void> silent = new CompletableFuture<>();
    private final CompletableFuture<Void> hungUp = new CompletableFuture<>();
    /** Repeated as the response body until the client hangs up, instead of half a body. */
    private volatile String endless;

    private ServerSocket server;
    private ProxyClient client;

    @BeforeEach
    void start() throws Exception {
        server = FakeProxy.tls(authority, POD.routeUid())
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        client = new ProxyClient(() -> authority, Clock.systemUTC(), server.getLocalPort());
        Thread.ofVirtual().start(this::answerByHalf);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void timesOutOnResponseThatNeverEnds() throws Exception {
        assertThatThrownBy(() -> client.get(POD, AdminApi.SNAPSHOT, Object.class, Duration.ofSeconds(1)))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessage("a sent no complete response to " + AdminApi.SNAPSHOT + " within 1000 ms");

        hungUp.get(10, TimeUnit.SECONDS);
    }

    @Test
    void waitingCallerCanBeInterrupted() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client.get(POD, AdminApi.SNAPSHOT, Object.class, Duration.ofHours(1));
            } catch (IOException | InterruptedException e) {
                failure.complete(e);
            }
        });
        silent.get(10, TimeUnit.SECONDS);
        caller.interrupt();

        assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        hungUp.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"/snapshot, 1048576", "/threads, 5242880"})
    void rejectsEndlessBody(String path, int limit) throws Exception {
        endless = "[" + "1,".repeat(20_000);

        assertThatThrownBy(() -> client.get(POD, path, Object.class, Duration.ofSeconds(20)))
                .isInstanceOf(IOException.class)
                .hasMessage("a sends more than %d bytes to %s", limit, path);
        hungUp.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{},{},", "[[[[[[[[[["})
    void rejectsDocumentWithTooManyParts(String part) {
        byte[] body = part.repeat(120_000).getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> new ProxyClient.Response(200, body).as(Object.class))
                .isInstanceOf(StreamConstraintsException.class);
    }

    private void writeEndlessly(OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        while (true) {
            out.write((Integer.toHexString(endless.length()) + "\r\n" + endless + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void answerByHalf() {
        try (Socket socket = server.accept()) {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (!request.readLine().isEmpty()) {
                // the head
            }
            if (endless != null) {
                writeEndlessly(socket.getOutputStream());
            }
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\"".getBytes(StandardCharsets.US_ASCII));
            silent.complete(null);
            request.read();
            hungUp.complete(null);
        } catch (IOException e) {
            hungUp.complete(null);
        }
    }
}
