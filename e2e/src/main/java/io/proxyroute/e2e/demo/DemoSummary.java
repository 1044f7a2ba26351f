package io.proxyroute.e2e.demo;

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

    private static final int LABEL_WIDTH = 14;
    private static final int TEXT_WIDTH = 92;

    private DemoSummary() {}

    /** The lines to print. */
    static List<String> of(DemoResult result, Optional<Path> report) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        result.atEnd().run().ifPresent(run -> {
            entry(lines, "What leaked", "pod " + run.pod() + ". " + FilterEvidence.describe(run.evidence()));
            entry(lines, "Detected by", run.cause());
            if (run.evidence() != null) {
                entry(lines, "Evidence", run.evidence());
            }
            entry(lines, "Actions", phases(run) + (run.message() == null ? "" : ". " + run.message()));
            entry(
                    lines,
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
                    lines,
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
                        lines,
                        "Lost",
                        loss.at() + " " + loss.cause().text() + ": " + loss.detail() + ", " + loss.connection()
                                + ", after " + loss.responsesBefore() + " responses"));
        report.ifPresent(path -> entry(lines, "Report", path.toString()));
        return lines;
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

    /** Adds a label and a text, wrapped and indented. */
    private static void entry(List<String> lines, String label, String text) {
        String heading = label;
        for (String paragraph : text.strip().split("\n")) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split(" ")) {
                if (line.length() + word.length() > TEXT_WIDTH) {
                    lines.add(row(heading, line));
                    heading = "";
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.add(row(heading, line));
            heading = "";
        }
    }

    private static String row(String heading, CharSequence text) {
        return "  " + heading + " ".repeat(LABEL_WIDTH - heading.length()) + text;
    }
}
