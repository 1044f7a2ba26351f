package io.proxyroute.operator.episode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ClassHistogram.Row;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.operator.remediation.decision.Cause;
import io.proxyroute.operator.remediation.decision.Phase;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.decision.Run.Progress;
import io.proxyroute.operator.remediation.decision.Run.Step;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Signal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    private static CaseFile file(Instant expiresAt) {
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
        return new CaseFile(
                expiresAt,
                T,
                CONFIG,
                null,
                liveSet,
                threads,
                null,
                List.of(),
                new ClassHistogram(T, 10, List.of(new Row("[B", 10, 1000), new Row("com.example.Entry", 5, 100))),
                new ClassHistogram(T, 20, List.of(new Row("[B", 30, 9000), new Row("com.example.Entry", 25, 900))),
                List.of("Pools is missing: no answer."));
    }

    private static Run run(Evidence evidence) {
        Cause cause = new Cause(Cause.Kind.LEAK, Signal.LIVE_SET, null, "Growth of <live set>");
        Progress progress = new Progress(
                new State.Verify(T), "Watched.", evidence, true, null, T, 1, 0, List.of(new Step(Phase.VERIFY, T)));
        return new Run(1, 1, "uid", "pod-a", T, cause, Run.Action.REPLACE, Duration.ofMinutes(1), progress, "1");
    }

    @Test
    void verdictNamesWhatGrowsWhoWaitsAndWhomToAsk() {
        assertThat(Verdict.of(run(null), file(T)))
                .startsWith("Pod pod-a. Growth of <live set>.")
                .contains("Growing classes: [B +20 instances, +7.8 KiB; com.example.Entry +20 instances")
                .contains("Not of the JDK among them: com.example.Entry.")
                .contains("400 virtual threads <filter>-#, WAITING at com.example.Cache.wait(Cache.java:7).")
                .contains("The only custom filter: cache (com.example.Cache).")
                .endsWith("Pools is missing: no answer.");
    }

    @Test
    void reportIsOneFileAndWhatCameFromThePodIsEscaped() {
        String html = ReportPage.html("shop/shop", run(new Evidence("The <b>verdict</b>.", "x")), file(T));

        assertThat(html)
                .contains("The &lt;b&gt;verdict&lt;/b&gt;.")
                .contains("&lt;filter&gt;-#")
                .contains("<polyline class=\"level\"")
                .contains("com.example.Entry")
                .doesNotContain("<filter>", "<script", "src=", "http://", "https://");
    }

    @Test
    void optionsOfFiltersAndValuesOfHeadersAreHidden() throws Exception {
        JsonNode config = CaseCollector.withoutSecrets(Json.MAPPER.readTree(CONFIG));

        assertThat(config.toString())
                .doesNotContain("hunter2", "hunter3")
                .contains("com.example.Cache", "token", "Authorization");
    }

    @Test
    void reportsAreServedReadOnlyAndNothingElseIs() throws Exception {
        ReportStore store = new ReportStore(directory.resolve("reports"));
        store.write("0a1b-1", "<html>one</html>");
        Files.writeString(directory.resolve("secret.html"), "secret");
        try (ReportServer server = new ReportServer(0, store);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, server, "GET", "/reports/0a1b-1.html")).isEqualTo("200 <html>one</html>");
            assertThat(get(client, server, "GET", "/reports/")).contains("0a1b-1.html");
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

    @Test
    void caseFilesSurviveAnOperatorAndExpiredOnesGo() throws Exception {
        new ReportStore(directory).write("0a1b-1", file(T.plusSeconds(60)));
        ReportStore store = new ReportStore(directory);
        store.write("0a1b-1", "<html></html>");
        assertThat(store.caseFile("0a1b-1")).contains(file(T.plusSeconds(60)));

        store.sweep(T.plusSeconds(59));
        assertThat(store.names()).containsExactly("0a1b-1");
        store.sweep(T.plusSeconds(61));
        assertThat(store.names()).isEmpty();
        assertThat(store.caseFile("0a1b-1")).isEmpty();
    }
}
