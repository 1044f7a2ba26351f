package io.proxyroute.e2e.demo;

import io.proxyroute.testbed.load.LoadLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The last screen: what leaked, how it was known, what was done, and what it cost. */
final class Summary {

    private static final int LABEL_WIDTH = 14;
    private static final int TEXT_WIDTH = 92;

    private Summary() {}

    /** Lines to print. */
    static List<String> of(Story.Ending ending, Optional<Path> report) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        ending.atEnd().run().ifPresent(run -> {
            entry(lines, "What leaked", "pod " + run.pod() + ". " + Evidence.ofFilters(run.verdict()));
            entry(lines, "How known", run.cause());
            if (run.verdict() != null) {
                entry(lines, "Evidence", run.verdict());
            }
            entry(lines, "What was done", phases(run) + (run.message() == null ? "" : ". " + run.message()));
            entry(
                    lines,
                    "Memory",
                    String.format(
                            Locale.ROOT,
                            "live set of %s: %.0f MiB at first, %.0f MiB at most; of %s now: %s",
                            run.pod(),
                            ending.victimAtStart(),
                            ending.victimBefore(),
                            run.replacement(),
                            liveSetNow(ending.atEnd(), run.replacement())));
        });
        for (LoadLine.Summary load : ending.loads().values()) {
            entry(
                    lines,
                    "Requests",
                    String.format(
                            Locale.ROOT,
                            "%s: %,d sent, %,d failed; p50 %.1f ms, p99 %.1f ms, slowest %.0f ms",
                            load.target(),
                            load.sent(),
                            load.failed(),
                            load.p50Millis(),
                            load.p99Millis(),
                            load.maxMillis()));
        }
        ending.losses().stream()
                .limit(5)
                .forEach(loss -> entry(
                        lines,
                        "Lost",
                        loss.at() + " " + loss.cause().text() + ": " + loss.detail() + ", " + loss.connection()
                                + ", after " + loss.answered() + " answers"));
        report.ifPresent(path -> entry(lines, "Report", path.toString()));
        return lines;
    }

    private static String phases(Scene.RunView run) {
        Duration first =
                run.phases().isEmpty() ? Duration.ZERO : run.phases().getFirst().at();
        return run.phases().stream()
                        .map(phase ->
                                phase.name() + " +" + phase.at().minus(first).toSeconds() + " s")
                        .collect(Collectors.joining(", "))
                + ": " + run.outcome() + ", replaced by " + run.replacement();
    }

    private static String liveSetNow(Scene scene, String pod) {
        return scene.pods().stream()
                .filter(each -> each.name().equals(pod) && !each.liveSet().isEmpty())
                .findFirst()
                .map(each -> String.format(Locale.ROOT, "%.0f MiB", each.latest()))
                .orElse("not measured yet");
    }

    /** A label and a text, wrapped and indented. */
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
