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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tests the generator over real sockets: which requests it counts as lost. */
class LoadRunTest {

    private final List<LoadReport> reports = new CopyOnWriteArrayList<>();
    private BackendServer backend;

    @BeforeEach
    void startBackend() throws InterruptedException {
        backend = BackendServer.start(0, "b1", 1);
    }

    @AfterEach
    void stopBackend() {
        backend.close();
    }

    @Nested
    class CountsAsSuccess {

        @Test
        void sendsAtConstantRateWithoutLoss() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan());

            assertThat(summary.sent()).isEqualTo(200);
            assertThat(summary.ok()).isEqualTo(200);
            assertThat(summary.failed()).isZero();
            assertThat(summary.connectionsOpened()).isBetween(4L, 64L);
            assertThat(summary.p50Millis()).isPositive();
            assertThat(reports).filteredOn(LoadReport.Second.class::isInstance).isNotEmpty();
        }

        @Test
        void verifiesRequestBodyAtBackend() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan().posting(3000));

            assertThat(summary.failed()).isZero();
            assertThat(summary.ok()).isEqualTo(200);
        }

        @Test
        void announcedConnectionCloseIsNoLoss() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?close=true", new Plan());

            assertThat(summary.failed()).isZero();
            assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(200);
        }

        @Test
        void closesConnectionAfterConfiguredNumberOfResponses() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x", new Plan().rotating(10));

            assertThat(summary.failed()).isZero();
            assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(20);
        }

        @Test
        void drainingBackendCausesNoLoss() throws Exception {
            BackendServer second = BackendServer.start(0, "b2", 1);
            Thread drain = Thread.ofVirtual().unstarted(() -> second.drain(Duration.ofSeconds(4)));
            drain.start();

            LoadReport.Summary summary = run("http://127.0.0.1:" + second.port() + "/x", new Plan());

            assertThat(summary.failed()).isZero();
            assertThat(summary.connectionsOpened()).isGreaterThanOrEqualTo(200);
            drain.join();
        }
    }

    @Nested
    class CountsAsLoss {

        @Test
        void unexpectedStatusIsLoss() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?status=503", new Plan());

            assertThat(summary.causes()).isEqualTo(Map.of(LossCause.STATUS, 200L));
            assertThat(reports)
                    .filteredOn(LoadReport.Loss.class::isInstance)
                    .hasSize(100)
                    .first()
                    .satisfies(loss ->
                            assertThat(((LoadReport.Loss) loss).detail()).startsWith("status 503 from b1: "));
        }

        @Test
        void truncatedResponseIsLoss() throws Exception {
            LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?cut=10", new Plan());

            assertThat(summary.causes()).isEqualTo(Map.of(LossCause.TRUNCATED, 200L));
        }

        @Test
        void unexpectedBodyLengthIsLoss() throws Exception {
            try (RawServer server =
                    new RawServer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")) {
                LoadReport.Summary summary = run(server.url(), new Plan());

                assertThat(summary.causes()).isEqualTo(Map.of(LossCause.BODY, 200L));
            }
        }

        @Test
        void malformedResponseIsLoss() throws Exception {
            try (RawServer server = new RawServer("220 mail ready\r\n\r\n")) {
                LoadReport.Summary summary = run(server.url(), new Plan());

                assertThat(summary.ok()).isZero();
                assertThat(summary.failed()).isEqualTo(200);
            }
        }

        @Test
        void responseAfterTimeoutIsLoss() throws Exception {
            LoadReport.Summary summary = run(
                    "http://127.0.0.1:" + backend.port() + "/x?delay=5000", new Plan().timeout(Duration.ofMillis(200)));

            assertThat(summary.causes()).isEqualTo(Map.of(LossCause.TIMEOUT, 200L));
        }

        @Test
        void lateResponseIsLossEvenWhenGeneratorStalled() throws Exception {
            Plan plan = new Plan().timeout(Duration.ofMillis(200));
            List<Target> targets = List.of(Target.parse("http://127.0.0.1:" + backend.port() + "/x?delay=100"));
            try (LoadRun run = LoadRun.start(targets, plan.build(), LoadRunTest.this::recordAndStallOnce)) {
                LoadReport.Summary summary = run.end().get(60, TimeUnit.SECONDS).getFirst();

                assertThat(summary.causes()).containsKey(LossCause.TIMEOUT);
                assertThat(summary.maxMillis()).isLessThanOrEqualTo(200.1);
            }
        }

        @Test
        void refusedConnectionIsLoss() throws Exception {
            int port = backend.port();
            backend.close();

            LoadReport.Summary summary = run("http://127.0.0.1:" + port + "/x", new Plan());

            assertThat(summary.causes()).isEqualTo(Map.of(LossCause.CONNECT, 200L));
        }
    }

    @Test
    void stopsEarlyWithSummary() throws Exception {
        Plan plan = new Plan().lasting(Duration.ofMinutes(10));
        Target target = Target.parse("http://127.0.0.1:" + backend.port() + "/x");
        try (LoadRun run = LoadRun.start(List.of(target), plan.build(), reports::add)) {
            run.stop();

            LoadReport.Summary summary = run.end().get(10, TimeUnit.SECONDS).getFirst();
            assertThat(summary.failed()).isZero();
            assertThat(summary.sent()).isLessThan(10_000);
        }
    }

    @Test
    void countsEachTargetSeparately() throws Exception {
        List<Target> targets = List.of(
                Target.parse("good=http://127.0.0.1:" + backend.port() + "/x"),
                Target.parse("bad=http://127.0.0.1:" + backend.port() + "/x?status=500"));
        try (LoadRun run = LoadRun.start(targets, new Plan().build(), reports::add)) {
            List<LoadReport.Summary> summaries = run.end().get(60, TimeUnit.SECONDS);

            assertThat(summaries).hasSize(2).allSatisfy(summary -> {
                boolean good = summary.target().equals("good");
                assertThat(summary.failed()).isEqualTo(good ? 0 : 200);
            });
        }
    }

    @Test
    void reportsRoundTripThroughJson() throws Exception {
        LoadReport.Summary summary = run("http://127.0.0.1:" + backend.port() + "/x?status=404", new Plan());

        assertThat(LoadReport.parse(summary.toJson())).isEqualTo(summary);
    }

    @Test
    void rejectsInvalidPlanAndTarget() {
        assertThatThrownBy(() -> new Plan().lasting(Duration.ofHours(3)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 2h");
        assertThatThrownBy(() -> new Target("x", URI.create("https://a/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have the form http://");
    }

    /** Blocks the generator's event loop for longer than the request timeout, while responses arrive. */
    private void recordAndStallOnce(LoadReport report) {
        if (reports.isEmpty()) {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        reports.add(report);
    }

    private LoadReport.Summary run(String url, Plan plan) throws Exception {
        try (LoadRun run = LoadRun.start(List.of(Target.parse(url)), plan.build(), reports::add)) {
            return run.end().get(60, TimeUnit.SECONDS).getFirst();
        }
    }

    /** 200 requests in two seconds by default. */
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

    /** Sends the same bytes in response to any request, then closes the connection. */
    private static final class RawServer implements AutoCloseable {
        private final ServerSocket listener;
        private final byte[] response;

        RawServer(String response) throws IOException {
            this.response = response.getBytes(StandardCharsets.US_ASCII);
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
                    out.write(response);
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
