package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Formats;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Renders the report of a run as one self-contained HTML page. Everything that came from a pod is escaped. */
final class ReportPage {

    /** Shared with the list of reports. Colours follow the reader's system, light or dark. */
    static final String STYLE = """
            :root{color-scheme:light dark;--text:#1c2733;--soft:#566474;--line:#d5dbe3;--box:#f2f5f8;--page:#fff;--alarm:#b3261e;--calm:#5b7c99}
            @media(prefers-color-scheme:dark){:root{--text:#e4e9ee;--soft:#a3afbb;--line:#3a444f;--box:#20272e;--page:#14191e;--alarm:#ff8a80;--calm:#8fb3d1}}
            body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--page)}
            h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}a{color:var(--calm)}
            .summary{background:var(--box);padding:1rem;border-left:4px solid var(--alarm);overflow-wrap:anywhere}
            .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13px}
            td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;min-width:8.5em}
            th{color:var(--soft);font-weight:600;overflow-wrap:normal}th.n,td.n{min-width:0;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
            pre{background:var(--box);padding:.5rem;font-size:12px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
            summary{cursor:pointer;font-size:1.1rem;font-weight:600;margin:2rem 0 1rem}
            svg{width:100%;height:auto}.level{fill:none;stroke:var(--alarm);stroke-width:2}.traffic{fill:none;stroke:var(--calm);stroke-width:1}
            .limit{stroke:var(--alarm);stroke-dasharray:4 4}.axis{stroke:var(--soft)}.grid{stroke:var(--line)}
            .label{font-size:12px;fill:var(--soft)}.red{color:var(--alarm)}.blue{color:var(--calm)}""";

    private ReportPage() {}

    /** Sections without content are left out. */
    static String html(String route, Run run, DiagnosticsBundle bundle) {
        StringBuilder page = new StringBuilder();
        page.append(
                        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
                .append(text(route + ", run " + run.number()))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n");
        page.append("<h1>%s: pod %s, run %d</h1>\n".formatted(text(route), text(run.podName()), run.number()));
        page.append("<p class=\"summary\">")
                .append(text(
                        run.evidence() == null
                                ? run.cause().message() + "."
                                : run.evidence().summary()))
                .append("</p>\n<p><b>Now:</b> ")
                .append(text(run.message()))
                .append("</p>\n<p><b>Next step:</b> ")
                .append(text(nextStep(run, bundle)))
                .append("</p>\n");
        if (bundle != null) {
            evidence(page, bundle);
        }
        section(
                page,
                "Timeline",
                List.of("when", "phase"),
                run.progress().timeline(),
                step -> cell(step.at()) + cell(step.phase().name()));
        if (bundle != null && bundle.config() != null) {
            page.append("<details><summary>Configuration that the pod served</summary>\n<pre>")
                    .append(text(bundle.config()))
                    .append("</pre></details>\n");
        }
        return page.append("</body></html>\n").toString();
    }

    private static void evidence(StringBuilder page, DiagnosticsBundle bundle) {
        String chart = LiveSetChart.svg(bundle.liveSet());
        if (!chart.isEmpty()) {
            page.append(
                            "<h2>Live set</h2>\n<p>Heap in use after each scheduled full collection (<b class=\"red\">thick line</b>), and exchanges in flight (<b class=\"blue\">thin line</b>, on a separate scale).</p>\n")
                    .append(chart);
        }
        section(
                page,
                "Classes that grew between two histograms",
                List.of("class", "#instances", "#bytes", "#total bytes"),
                bundle.growing(),
                growth -> cell(growth.className())
                        + number("+" + growth.instances())
                        + number("+" + Formats.amount(growth.bytes(), "bytes"))
                        + number(Formats.amount(growth.bytesNow(), "bytes")));
        section(
                page,
                "Resources leaked by filters",
                List.of("kind", "filter", "site", "backend", "#times", "#reclaimed"),
                bundle.snapshot() == null || bundle.snapshot().ledger() == null
                        ? List.<LeakSite>of()
                        : bundle.snapshot().ledger().offenders(),
                o -> cell(o.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        + cell(o.filter())
                        + cell(o.site())
                        + cell(o.backend())
                        + number(o.count())
                        + number(o.reclaimed()));
        section(
                page,
                "Threads by stack",
                List.of("#threads", "name", "state", "#oldest", "stack"),
                bundle.threads() == null
                        ? List.<ThreadReport.Group>of()
                        : bundle.threads().groups().stream().limit(25).toList(),
                group -> number(group.count() + (group.virtual() ? " virtual" : ""))
                        + cell(group.namePattern())
                        + cell(group.state())
                        + number(Math.round(group.oldestSeconds()) + " s")
                        + "<td><pre>" + text(String.join("\n", group.frames())) + "</pre></td>");
        section(
                page,
                "Pools",
                List.of("backend", "#leased", "#idle", "#waiting", "#limit", "#timeouts", "#abandoned"),
                bundle.pools(),
                (PoolUsage pool) -> cell(pool.backend())
                        + number(pool.active())
                        + number(pool.idle())
                        + number(pool.pending())
                        + number(pool.maxPerEndpoint())
                        + number(pool.acquireTimeoutsTotal())
                        + number(pool.abandonedTotal()));
        section(
                page,
                "Oldest exchanges",
                List.of("trace", "rule", "request", "backend", "#age", "phase", "resources"),
                bundle.exchanges() == null
                        ? List.<ExchangeTable.Row>of()
                        : bundle.exchanges().rows().stream().limit(25).toList(),
                row -> cell(row.traceId())
                        + cell(row.rule())
                        + cell(row.method() + " " + row.path())
                        + cell(row.backend())
                        + number(Math.round(row.ageSeconds()) + " s")
                        + cell(row.phase())
                        + cell(String.join(", ", row.held())));
    }

    private static String nextStep(Run run, DiagnosticsBundle bundle) {
        boolean grown = bundle != null && !bundle.growing().isEmpty();
        String advice = grown
                ? "Find what retains the instances of the growing classes below:"
                        + " a static collection, a closure or a cache of a custom filter."
                : "Check the threads and pools below, and the custom filters of the route.";
        return switch (run.state()) {
            case State.Escalated _ ->
                advice + " Replacing pods does not help; the operator waits until the route changes.";
            case State.Done _
            when run.action() != Run.Action.REPLACE ->
                advice + " To replace such pods automatically, set spec.remediation.mode to Auto.";
            default ->
                advice
                        + " Replacing the pod removes only the symptom:"
                        + " the replacement leaks in the same way until the cause is fixed.";
        };
    }

    /** @param heads column headings; {@code #} marks a column of numbers */
    private static <T> void section(
            StringBuilder page, String title, List<String> heads, List<T> rows, Function<T, String> cells) {
        if (rows.isEmpty()) {
            return;
        }
        page.append("<h2>").append(title).append("</h2>\n<div class=\"wide\"><table><tr>");
        page.append(heads.stream()
                .map(head -> head.startsWith("#")
                        ? "<th class=\"n\">" + head.substring(1) + "</th>"
                        : "<th>" + head + "</th>")
                .collect(Collectors.joining()));
        page.append("</tr>\n");
        rows.forEach(row -> page.append("<tr>").append(cells.apply(row)).append("</tr>\n"));
        page.append("</table></div>\n");
    }

    private static String cell(Object value) {
        return "<td>" + (value == null ? "" : text(value.toString())) + "</td>";
    }

    private static String number(Object value) {
        return "<td class=\"n\">" + text(value.toString()) + "</td>";
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
