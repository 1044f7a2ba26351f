package io.proxyroute.testbed.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proxyroute.testbed.backend.BackendServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generator against real sockets: what it counts as lost, and what it does not. */
class LoadRunTest {

    private final List<LoadLine> lines = new CopyOnWriteArrayList<>();
    private BackendServer backend;

    @BeforeEach
    void startBackend() throws InterruptedException {
        backend = BackendServer.start(0, "b1", 1);
    }

    @AfterEach
    void stopBackend() {
        backend.close();
    }

    @Test
    void sendsAtTheRateAndLosesNothing() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan());

        assertThat(summary.sent()).isEqualTo(200);
        assertThat(summary.ok()).isEqualTo(200);
        assertThat(summary.failed()).isZero();
        assertThat(summary.connectionsOpened()).isBetween(4L, 64L);
        assertThat(summary.p50Millis()).isPositive();
        assertThat(lines).filteredOn(LoadLine.Second.class::isInstance).isNotEmpty();
    }

    @Test
    void checksWhatTheBackendReceived() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan().posting(3000));

        assertThat(summary.failed()).isZero();
        assertThat(summary.ok()).isEqualTo(200);
    }

    @Test
    void aConnectionClosedByAnnouncementIsNoLoss() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?close=true", new Plan());

        assertThat(summary.failed()).isZero();
        assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void rotatesConnectionsWhenAsked() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan().rotating(10));

        assertThat(summary.failed()).isZero();
        assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void aDrainingBackendLosesNothing() throws Exception {
        BackendServer second = BackendServer.start(0, "b2", 1);
        Thread drain = Thread.ofVirtual().unstarted(() -> second.drain(Duration.ofSeconds(4)));
        drain.start();

        LoadLine.Summary summary = run("http://127.0.0.1:" + second.port() + "/x", new Plan());

        assertThat(summary.failed()).isZero();
        assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(200);
        drain.join();
    }

    @Test
    void anotherStatusIsALoss() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?status=503", new Plan());

        assertThat(summary.causes()).isEqualTo(Map.of(LossCause.STATUS, 200L));
        assertThat(lines)
                .filteredOn(LoadLine.Loss.class::isInstance)
                .hasSize(100)
                .first()
                .satisfies(line -> assertThat(((LoadLine.Loss) line).detail()).isEqualTo("status 503 from b1"));
    }

    @Test
    void aTruncatedAnswerIsALoss() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?cut=10", new Plan());

        assertThat(summary.causes()).isEqualTo(Map.of(LossCause.TRUNCATED, 200L));
    }

    @Test
    void aBodyOfAnotherLengthIsALoss() throws Exception {
        try (RawServer server = new RawServer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")) {
            LoadLine.Summary summary = run(server.url(), new Plan());

            assertThat(summary.causes()).isEqualTo(Map.of(LossCause.BODY, 200L));
        }
    }

    @Test
    void whatIsNotHttpIsALoss() throws Exception {
        try (RawServer server = new RawServer("220 mail ready\r\n\r\n")) {
            LoadLine.Summary summary = run(server.url(), new Plan());

            assertThat(summary.ok()).isZero();
            assertThat(summary.failed()).isEqualTo(200);
        }
    }

    @Test
    void noAnswerInTimeIsALoss() throws Exception {
        LoadLine.Summary summary =
                run("http://127.0.0.1:" + backend.port() + "/x?delay=5000", new Plan().timeout(Duration.ofMillis(200)));

        assertThat(summary.causes()).isEqualTo(Map.of(LossCause.TIMEOUT, 200L));
    }

    @Test
    void anAnswerThatIsSeenTooLateIsALoss() throws Exception {
        Plan plan = new Plan().timeout(Duration.ofMillis(200));
        List<Target> targets = List.of(Target.parse("http://127.0.0.1:" + backend.port() + "/x?delay=100"));
        try (LoadRun run = LoadRun.start(targets, plan.build(), this::takeAndHoldUpOnce)) {
            LoadLine.Summary summary = run.end().get(60, TimeUnit.SECONDS).getFirst();

            assertThat(summary.causes()).containsKey(LossCause.TIMEOUT);
            assertThat(summary.maxMillis()).isLessThanOrEqualTo(200.1);
        }
    }

    /** Holds the generator's event loop up for longer than a request may take, while answers arrive. */
    private void takeAndHoldUpOnce(LoadLine line) {
        if (lines.isEmpty()) {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        lines.add(line);
    }

    @Test
    void aRefusedConnectionIsALoss() throws Exception {
        int port = backend.port();
        backend.close();

        LoadLine.Summary summary = run("http://127.0.0.1:" + port + "/x", new Plan());

        assertThat(summary.causes()).isEqualTo(Map.of(LossCause.CONNECT, 200L));
    }

    @Test
    void stopsEarlyWithASummary() throws Exception {
        Plan plan = new Plan().lasting(Duration.ofMinutes(10));
        Target target = Target.parse("http://127.0.0.1:" + backend.port() + "/x");
        try (LoadRun run = LoadRun.start(List.of(target), plan.build(), lines::add)) {
            run.stop();

            LoadLine.Summary summary = run.end().get(10, TimeUnit.SECONDS).getFirst();
            assertThat(summary.failed()).isZero();
            assertThat(summary.sent()).isLessThan(10_000);
        }
    }

    @Test
    void severalTargetsAreToldApart() throws Exception {
        List<Target> targets = List.of(
                Target.parse("good=http://127.0.0.1:" + backend.port() + "/x"),
                Target.parse("bad=http://127.0.0.1:" + backend.port() + "/x?status=500"));
        try (LoadRun run = LoadRun.start(targets, new Plan().build(), lines::add)) {
            List<LoadLine.Summary> summaries = run.end().get(60, TimeUnit.SECONDS);

            assertThat(summaries).hasSize(2).allSatisfy(summary -> {
                boolean good = summary.target().equals("good");
                assertThat(summary.failed()).isEqualTo(good ? 0 : 200);
            });
        }
    }

    @Test
    void linesSurviveJson() throws Exception {
        LoadLine.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?status=404", new Plan());

        assertThat(LoadLine.parse(summary.toJson())).isEqualTo(summary);
    }

    @Test
    void refusesUnboundedLoad() {
        assertThatThrownBy(() -> new Plan().lasting(Duration.ofHours(3)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 2h");
        assertThatThrownBy(() -> new Target("x", URI.create("https://a/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("want http://");
    }

    private LoadLine.Summary run(String url, Plan plan) throws Exception {
        try (LoadRun run = LoadRun.start(List.of(Target.parse(url)), plan.build(), lines::add)) {
            return run.end().get(60, TimeUnit.SECONDS).getFirst();
        }
    }

    /** 200 requests in two seconds, unless told otherwise. */
    private static final class Plan {
        private Duration duration = Duration.ofSeconds(2);
        private Duration timeout = Duration.ofSeconds(10);
        private int requestBytes;
        private long requestsPerConnection;

        Plan lasting(Duration value) {
            duration = value;
            return this;
        }

        Plan timeout(Duration value) {
            timeout = value;
            return this;
        }

        Plan posting(int bytes) {
            requestBytes = bytes;
            return this;
        }

        Plan rotating(long requests) {
            requestsPerConnection = requests;
            return this;
        }

        LoadPlan build() {
            return new LoadPlan(
                    100,
                    duration,
                    4,
                    512,
                    requestsPerConnection,
                    requestBytes,
                    256,
                    null,
                    200,
                    timeout,
                    Duration.ofSeconds(1));
        }
    }

    /** Answers whatever arrives with the same bytes, and closes. */
    private static final class RawServer implements AutoCloseable {
        private final ServerSocket listener;
        private final byte[] answer;

        RawServer(String answer) throws IOException {
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
            this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        String url() {
            return "http://127.0.0.1:" + listener.getLocalPort() + "/x";
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            try (socket;
                    OutputStream out = socket.getOutputStream()) {
                if (socket.getInputStream().read(new byte[4096]) > 0) {
                    out.write(answer);
                }
            } catch (IOException e) {
                // The generator closed first.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
