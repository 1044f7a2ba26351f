package io.proxyroute.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.harness.JavaProcess;
import io.proxyroute.proxy.harness.ProxyFixture;
import io.proxyroute.proxy.harness.RawBackend;
import io.proxyroute.proxy.harness.RawClient;
import io.proxyroute.proxy.harness.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sends bodies of 1 GiB through a proxy with 128 MiB of heap and 64 MiB of direct memory, at full speed and slowly. The
 * proxy runs in its own JVM, which exits on OutOfMemoryError; client and backend run in this one.
 */
class LargeBodiesTest {

    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS = 1024;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final byte[] DATA = new byte[BLOCK];
    private static long crcOfAll;

    private static RawBackend backend;
    private static JavaProcess proxy;
    private static int port;

    /** Main class of the proxy's process. */
    public static final class SmallProxy {

        /**
         * Serves until its standard input ends. A large body takes longer than its timeouts.
         *
         * @param args the backend's port
         */
        public static void main(String[] args) throws IOException {
            try (ProxyFixture fixture = new ProxyFixture(1)
                    .backend("b", new Endpoint("127.0.0.1", Integer.parseInt(args[0])))
                    .rule(ProxyFixture.catchAllRule("b"))
                    .timeouts(1_200, 1_000, 30_000, 0)
                    .apply()) {
                System.out.println(fixture.port());
                System.in.read();
            }
        }
    }

    @BeforeAll
    static void start() throws Exception {
        CRC32 crc = new CRC32();
        for (int i = 0; i < BLOCK; i++) {
            DATA[i] = (byte) (i * 31 + i / 251);
        }
        for (int i = 0; i < BLOCKS; i++) {
            crc.update(DATA);
        }
        crcOfAll = crc.getValue();
        backend = RawBackend.scripted(LargeBodiesTest::serve);
        proxy = JavaProcess.start(
                List.of(
                        "-Xmx128m",
                        "-XX:MaxDirectMemorySize=64m",
                        "-Dio.netty.maxDirectMemory=67108864",
                        "-XX:+ExitOnOutOfMemoryError"),
                SmallProxy.class,
                List.of("" + backend.port()));
        await().atMost(TIMEOUT).failFast(proxy::assertAlive).until(() -> !proxy.out()
                .isEmpty());
        port = Integer.parseInt(proxy.out().getFirst());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.endInput();
        assertThat(proxy.exitStatus(TIMEOUT))
                .as("exit status: the proxy leaked nothing and did not run out of memory: %s", proxy.errors())
                .isZero();
        backend.close();
    }

    private static void serve(RawBackend.Peer peer) throws Exception {
        for (RawHttp.Message head = peer.head(); head != null; head = peer.head()) {
            if (head.startLine().startsWith("GET")) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) BLOCK * BLOCKS + "\r\n\r\n");
                write(peer.socket().getOutputStream());
            } else {
                boolean slow = head.target().equals("/slow");
                long crc = read(peer.in(), slow);
                peer.send(RawBackend.ok(Long.toHexString(crc)));
            }
        }
    }

    private static void write(OutputStream out) throws IOException {
        for (int i = 0; i < BLOCKS; i++) {
            out.write(DATA);
        }
    }

    /** Reads a whole body and returns its CRC. A slow reader first pauses for longer than the request timeout. */
    private static long read(InputStream in, boolean slow) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[BLOCK];
        long left = (long) BLOCK * BLOCKS;
        if (slow) {
            await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        }
        for (int rests = 0; left > 0; ) {
            if (slow && rests < 10 && left < (long) BLOCK * (BLOCKS - 10 * rests)) {
                rests++;
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            }
            int read = in.read(buffer, 0, (int) Math.min(BLOCK, left));
            if (read < 0) {
                throw new IOException("cut with " + left + " bytes missing");
            }
            crc.update(buffer, 0, read);
            left -= read;
        }
        return crc.getValue();
    }

    private static RawClient client() throws IOException {
        RawClient client = new RawClient(port);
        client.socket().setSoTimeout(60_000);
        return client;
    }

    private static void upload(String target) throws Exception {
        try (RawClient client = client()) {
            client.send(
                    "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + (long) BLOCK * BLOCKS + "\r\n\r\n");
            write(client.socket().getOutputStream());
            assertThat(client.response().text()).isEqualTo(Long.toHexString(crcOfAll));
        }
    }

    private static void download(boolean slow) throws Exception {
        try (RawClient client = client()) {
            client.get("/");
            assertThat(RawHttp.head(client.in()).status()).isEqualTo(200);
            assertThat(read(client.in(), slow)).isEqualTo(crcOfAll);
        }
    }

    @Test
    void uploadsLargeBody() throws Exception {
        upload("/");
    }

    @Test
    void uploadsLargeBodyToSlowBackend() throws Exception {
        upload("/slow");
    }

    @Test
    void downloadsLargeBody() throws Exception {
        download(false);
    }

    @Test
    void downloadsLargeBodyToSlowClient() throws Exception {
        download(true);
    }

    @Test
    void uploadsAndDownloadsConcurrently() throws Exception {
        List<Thread> all = List.of(running(() -> upload("/")), running(() -> download(false)));
        for (Thread one : all) {
            one.join();
        }
        assertThat(failures).isEmpty();
    }

    private final List<Exception> failures = new java.util.concurrent.CopyOnWriteArrayList<>();

    private interface Action {
        void run() throws Exception;
    }

    private Thread running(Action action) {
        return Thread.ofVirtual().start(() -> {
            try {
                action.run();
            } catch (Exception e) {
                failures.add(e);
            }
        });
    }
}
