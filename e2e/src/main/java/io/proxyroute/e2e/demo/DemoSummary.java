package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.terminal.WordWrap;
import io.proxyroute.testbed.load.LoadReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The summary at the end of the demo: what leaked, how it was detected, what the operator did, and the traffic. */
final class DemoSummary {

    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 108;

    private final int width;
    private final List<String> lines = new ArrayList<>();

    private DemoSummary(int width) {
        this.width = Math.clamp(width, MIN_WIDTH, MAX_WIDTH);
    }

    /**
     * The lines to print.
     *
     * @param width width of the terminal
     */
    static List<String> of(DemoResult result, Optional<Path> report, int width) {
        DemoSummary summary = new DemoSummary(width);
        summary.add(result);
        report.ifPresent(path -> summary.entry("Report", path.toString()));
        return List.copyOf(summary.lines);
    }

    private void entry(String label, String text) {
        lines.addAll(WordWrap.wrap(String.format(Locale.ROOT, "  %-14s", label), text, width));
    }

    private void add(DemoResult result) {
        lines.add("");
        result.atEnd().run().ifPresent(run -> {
            entry("What leaked", "pod " + run.pod() + ". " + FilterEvidence.describe(run.evidence()));
            entry("Detected by", run.cause());
            if (run.evidence() != null) {
                entry("Evidence", run.evidence());
            }
            entry("Actions", phases(run) + (run.message() == null ? "" : ". " + run.message()));
            entry(
                    "Memory",
                    String.format(
                            Locale.ROOT,
                            "live set of %s: %.0f MiB at the start, %.0f MiB at its peak; of %s now: %s",
                            run.pod(),
                            result.initialLiveSet(),
                            result.peakLiveSet(),
                            run.replacement(),
                            liveSetNow(result.atEnd(), run.replacement())));
        });
        for (LoadReport.Summary load : result.loads().values()) {
            entry(
                    "Requests",
                    String.format(
                            Locale.ROOT,
                            "%s: %,d sent, %,d failed; p50 %.1f ms, p99 %.1f ms, max %.0f ms",
                            load.target(),
                            load.sent(),
                            load.failed(),
                            load.p50Millis(),
                            load.p99Millis(),
                            load.maxMillis()));
        }
        result.losses().stream()
                .limit(5)
                .forEach(loss -> entry(
                        "Lost",
                        loss.at() + " " + loss.cause().text() + ": " + loss.detail() + ", " + loss.connection()
                                + ", after " + loss.responsesBefore() + " responses"));
    }

    private static String phases(ClusterSnapshot.RunState run) {
        Duration first =
                run.phases().isEmpty() ? Duration.ZERO : run.phases().getFirst().at();
        return run.phases().stream()
                        .map(start ->
                                start.phase() + " +" + start.at().minus(first).toSeconds() + " s")
                        .collect(Collectors.joining(", "))
                + ": " + run.outcome() + ", replaced by " + run.replacement();
    }

    private static String liveSetNow(ClusterSnapshot snapshot, String pod) {
        return snapshot.pods().stream()
                .filter(each -> each.name().equals(pod) && !each.liveSet().isEmpty())
                .findFirst()
                .map(each -> String.format(Locale.ROOT, "%.0f MiB", each.latestLiveSet()))
                .orElse("not measured yet");
    }
}
