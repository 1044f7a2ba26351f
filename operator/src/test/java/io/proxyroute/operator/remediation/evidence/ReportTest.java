package io.proxyroute.operator.remediation.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ClassHistogram.Row;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.decision.Cause;
import io.proxyroute.operator.remediation.decision.ProxyErrors;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.decision.Run.Progress;
import io.proxyroute.operator.remediation.decision.Run.Step;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final String CONFIG = """
            {"rules":[{"name":"r","filters":[{"type":"Custom","name":"cache","className":"com.example.Cache",
            "config":{"token":"hunter2"}},{"type":"RequestHeaderModifier",
            "edits":{"set":[{"name":"Authorization","value":"Bearer hunter3"}]}}]}]}""";

    @TempDir
    private Path directory;

    private static DiagnosticsBundle file() {
        List<LiveSetSample> liveSet = List.of(
                new LiveSetSample(T, 20 << 20, 100 << 20, 3, 1, 9, 5),
                new LiveSetSample(T.plusSeconds(60), 60 << 20, 100 << 20, 4, 1, 9, 5));
        ThreadReport threads = new ThreadReport(
                T,
                1,
                400,
                List.of(new ThreadReport.Group(
                        true,
                        "<filter>-#",
                        "WAITING",
                        400,
                        60,
                        List.of("java.lang.Thread.sleep(Thread.java:1)", "com.example.Cache.wait(Cache.java:7)"))));
        return new DiagnosticsBundle(
                Duration.ofHours(168),
                T,
                CONFIG,
                null,
                liveSet,
                threads,
                null,
                List.of(),
                new ClassHistogram(T, 10, List.of(new Row("byte[]", 10, 1000), new Row("com.example.Entry", 5, 100))),
                new ClassHistogram(T, 20, List.of(new Row("byte[]", 30, 9000), new Row("com.example.Entry", 25, 900))),
                List.of("Pools is missing: no answer."));
    }

    private static Run run(Evidence evidence) {
        Cause cause = new Cause(Cause.Kind.LEAK, Signal.LIVE_SET, null, "Growth of <live set>");
        Progress progress = new Progress(
                new State.Verify(T),
                "Watched.",
                evidence,
                true,
                null,
                new Run.Eviction(1, T, ProxyErrors.UNKNOWN),
                List.of(new Step(RemediationPhase.Verify, T)));
        return new Run(
                1,
                new Run.Plan(1, new Run.Target("uid", "pod-a", T), T, cause, Run.Action.REPLACE, Duration.ofMinutes(1)),
                progress,
                "1");
    }

    @Nested
    class Summary {

        @Test
        void namesGrowingClassesWaitersAndFilter() {
            assertThat(EvidenceSummary.of(run(null), file()))
                    .startsWith("Pod pod-a. Growth of <live set>.")
                    .contains("Growing classes: byte[] +20 instances, +7.8 KiB; com.example.Entry +20 instances")
                    .contains("The largest of them outside the JDK: com.example.Entry.")
                    .contains("400 virtual threads <filter>-#, WAITING at com.example.Cache.wait(Cache.java:7).")
                    .contains("The only custom filter: cache (com.example.Cache).")
                    .endsWith("Pools is missing: no answer.");
        }

        /** A kilobyte of growth is not evidence beside megabytes. */
        @Test
        void omitsClassesWithLittleGrowth() {
            DiagnosticsBundle file = file().withHistograms(
                            new ClassHistogram(T, 10, List.of(new Row("byte[]", 10, 1000))),
                            new ClassHistogram(
                                    T,
                                    20,
                                    List.of(
                                            new Row("byte[]", 500, 4_000_000),
                                            new Row("com.example.Method", 24, 2_100))),
                            List.of(),
                            T);

            assertThat(EvidenceSummary.of(run(null), file))
                    .contains("Growing classes: byte[] +490 instances, +3.81 MiB.")
                    .doesNotContain("com.example.Method", "Not of the JDK");
        }

        @Test
        void boundsGrowthOfNewlyListedClass() {
            DiagnosticsBundle file = file().withHistograms(
                            new ClassHistogram(
                                    T,
                                    4_000,
                                    List.of(new Row("byte[]", 10, 1000), new Row("com.example.Last", 10, 800))),
                            new ClassHistogram(
                                    T,
                                    9_000,
                                    List.of(
                                            new Row("com.example.Leaking", 100, 3_200),
                                            new Row("byte[]", 10, 1000),
                                            new Row("com.example.Risen", 10, 800))),
                            List.of(),
                            T);

            assertThat(file.growing())
                    .containsExactly(new DiagnosticsBundle.Growth("com.example.Leaking", 75, 2_400, 3_200));
        }
    }

    @Nested
    class Page {

        @Test
        void isOneFileWithEscapedContent() {
            String html = ReportPage.html("shop/shop", run(new Evidence("The <b>verdict</b>.", "x")), file());

            assertThat(html)
                    .contains("The &lt;b&gt;verdict&lt;/b&gt;.")
                    .contains("&lt;filter&gt;-#")
                    .contains("<polyline class=\"level\"")
                    .contains("com.example.Entry")
                    .doesNotContain("<filter>", "<script", "src=", "http://", "https://");
        }

        /** All sections with realistic sizes; the page is written to target/report.html for inspection. */
        @Test
        void fullReportHasEverySection() throws Exception {
            List<LiveSetSample> liveSet = IntStream.range(0, 60)
                    .mapToObj(i -> new LiveSetSample(
                            T.plusSeconds(i * 300L), (30L + i * 2 + i % 3) << 20, 180 << 20, 20 + i % 17, 10, 900, 5))
                    .toList();
            String frames =
                    "io.example.storefront.filters.caching.RequestDeduplicationFilter$PendingLookup.lambda$await$7";
            DiagnosticsBundle full = new DiagnosticsBundle(
                    Duration.ofHours(168),
                    T,
                    Json.MAPPER.readTree(CONFIG).toPrettyString(),
                    new Snapshot(
                            null,
                            T,
                            T,
                            null,
                            Snapshot.ProcessState.READY,
                            null,
                            null,
                            null,
                            null,
                            List.of(),
                            new LedgerSummary(
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    12,
                                    12,
                                    0,
                                    List.of(new LedgerSummary.LeakSite(
                                            LedgerSummary.ResourceKind.RESPONSE_BODY,
                                            "cache",
                                            frames + "(RequestDeduplicationFilter.java:118)",
                                            "shop/catalogue-read-model:8080",
                                            12,
                                            12,
                                            T,
                                            T,
                                            "4bf92f3577b34da6a3ce929d0e0e4736")))),
                    liveSet,
                    new ThreadReport(
                            T,
                            21,
                            400,
                            List.of(
                                    new ThreadReport.Group(
                                            true,
                                            "filter-cache-request-deduplication-#",
                                            "WAITING",
                                            400,
                                            3612,
                                            List.of(
                                                    "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject.await(AbstractQueuedSynchronizer.java:1712)",
                                                    frames + "(RequestDeduplicationFilter.java:118)",
                                                    "java.lang.VirtualThread.run(VirtualThread.java:456)")),
                                    new ThreadReport.Group(
                                            false,
                                            "loop-#",
                                            "RUNNABLE",
                                            2,
                                            18000,
                                            List.of("io.netty.channel.epoll.Native.epollWait0(Native Method)")))),
                    new ExchangeTable(
                            T,
                            2,
                            List.of(new ExchangeTable.Row(
                                    "4bf92f3577b34da6a3ce929d0e0e4736",
                                    "catalogue",
                                    "GET",
                                    "/catalogue/departments/garden/products/a-very-long-product-name-that-goes-on-and-on/reviews",
                                    "10.244.17.203:8080",
                                    61.2,
                                    58.9,
                                    "filter cache",
                                    List.of("LEASE 10.244.17.203:8080", "TASK cache")))),
                    List.of(new PoolUsage(
                            "shop/catalogue-read-model:8080", 3, 40, 2, 11, 20, 20, 900000, 31, 4, 2, 812, 90.0)),
                    new ClassHistogram(
                            T,
                            10,
                            List.of(
                                    new Row("byte[]", 10, 1000),
                                    new Row(
                                            "io.example.storefront.filters.caching.RequestDeduplicationFilter$PendingLookup",
                                            5,
                                            100))),
                    new ClassHistogram(
                            T,
                            20,
                            List.of(
                                    new Row("byte[]", 30000, 9 << 20),
                                    new Row(
                                            "io.example.storefront.filters.caching.RequestDeduplicationFilter$PendingLookup",
                                            25000,
                                            3 << 20))),
                    List.of("Config is missing: the time was used up."));

            String html = ReportPage.html(
                    "shop/storefront", run(new Evidence(EvidenceSummary.of(run(null), full), "x")), full);

            assertThat(html)
                    .contains(
                            "<h2>Live set</h2>",
                            "<h2>Classes that grew between two histograms</h2>",
                            "<h2>Resources leaked by filters</h2>",
                            "<h2>Threads by stack</h2>",
                            "<h2>Pools</h2>",
                            "<h2>Oldest exchanges</h2>",
                            "<h2>Timeline</h2>",
                            "Configuration that the pod served")
                    .doesNotContain("null", "NaN");
            Files.writeString(Path.of("target/report.html"), html);
        }
    }

    @Test
    void hidesFilterOptionsAndHeaderValues() throws Exception {
        JsonNode config = DiagnosticsCollector.withoutSecrets(Json.MAPPER.readTree(CONFIG));

        assertThat(config.toString())
                .doesNotContain("hunter2", "hunter3")
                .contains("com.example.Cache", "token", "Authorization");
    }

    @Test
    void servesOnlyReportsReadOnly() throws Exception {
        ReportStore store = new ReportStore(directory.resolve("reports"));
        store.write("0a1b-1", "<html>one</html>");
        Files.writeString(directory.resolve("secret.html"), "secret");
        try (ReportServer server = new ReportServer(0, store);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, server, "GET", "/reports/0a1b-1.html")).isEqualTo("200 <html>one</html>");
            assertThat(get(client, server, "GET", "/reports/")).contains("0a1b-1.html");
            assertThat(get(client, server, "GET", "/")).startsWith("302");
            assertThat(get(client, server, "GET", "/reports/0a1b-2.html")).startsWith("404");
            assertThat(get(client, server, "GET", "/reports/..%2Fsecret.html")).startsWith("404");
            assertThat(get(client, server, "DELETE", "/reports/0a1b-1.html")).startsWith("405");
        }
    }

    private static String get(HttpClient client, ReportServer server, String method, String path) throws Exception {
        var response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    @Nested
    class Store {

        @Test
        void diagnosticsSurviveOperatorRestart() throws Exception {
            new ReportStore(directory).write("0a1b-1", file());

            assertThat(new ReportStore(directory).bundle("0a1b-1")).contains(file());
        }

        @Test
        void deletesExpiredFiles() throws Exception {
            ReportStore store = new ReportStore(directory);
            store.write("0a1b-1", file());
            store.write("0a1b-1", "<html></html>");
            store.write("0a1b-2", "<html>no case file</html>");
            store.write("0a1b-3", "<html>open</html>");
            Files.createFile(directory.resolve(".left.partial"));
            writtenAt(T);

            store.sweep(T.plus(Duration.ofMinutes(59)), ReportTest::ages, _ -> "");
            assertThat(files())
                    .containsExactly(".left.partial", "0a1b-1.html", "0a1b-1.json", "0a1b-2.html", "0a1b-3.html");
            store.sweep(T.plus(Duration.ofHours(23)), ReportTest::ages, _ -> "");
            assertThat(files()).containsExactly("0a1b-1.html", "0a1b-1.json", "0a1b-2.html", "0a1b-3.html");
            store.sweep(T.plus(Duration.ofHours(25)), ReportTest::ages, _ -> "");
            assertThat(files()).containsExactly("0a1b-3.html");
        }

        @Test
        void deletesOldestWhenFullExceptOpenRuns() throws Exception {
            ReportStore store = new ReportStore(directory, 40);
            for (String name : List.of("0a1b-3", "0a1b-1", "0a1b-2", "0a1b-4", "0a1b-5", "0a1b-6")) {
                store.write(name, "ten bytes.");
            }
            writtenAt(T.plusSeconds(1));
            Files.setLastModifiedTime(directory.resolve("0a1b-3.html"), FileTime.from(T.minusSeconds(2)));
            Files.setLastModifiedTime(directory.resolve("0a1b-1.html"), FileTime.from(T.minusSeconds(1)));
            Files.setLastModifiedTime(directory.resolve("0a1b-2.html"), FileTime.from(T));

            store.sweep(T.plusSeconds(60), ReportTest::ages, name -> name);

            assertThat(files()).containsExactly("0a1b-3.html", "0a1b-4.html", "0a1b-5.html", "0a1b-6.html");
        }

        @Test
        void oneNamespaceUsesQuarterOfSpace() throws Exception {
            ReportStore store = new ReportStore(directory, 100);
            for (int i = 1; i <= 9; i++) {
                store.write("busy-" + i, "ten bytes.");
                Files.setLastModifiedTime(directory.resolve("busy-" + i + ".html"), FileTime.from(T.plusSeconds(i)));
            }
            store.write("calm-1", "ten bytes.");
            Files.setLastModifiedTime(directory.resolve("calm-1.html"), FileTime.from(T));

            store.sweep(T.plusSeconds(60), ReportTest::ages, name -> name.substring(0, 4));

            assertThat(files()).containsExactly("busy-8.html", "busy-9.html", "calm-1.html");
        }

        @Test
        void tooLargeFileIsNotWritten() {
            ReportStore store = new ReportStore(directory);

            assertThatThrownBy(() -> store.write("0a1b-1", "x".repeat((8 << 20) + 1)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("0a1b-1.html would have 8388609 bytes; at most 8388608 are stored");
        }
    }

    /** The third run is open. */
    private static Optional<Duration> ages(String name) {
        return name.equals("0a1b-3") ? Optional.empty() : Optional.of(Duration.ofDays(1));
    }

    private void writtenAt(Instant at) throws IOException {
        for (String file : files()) {
            Files.setLastModifiedTime(directory.resolve(file), FileTime.from(at));
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
