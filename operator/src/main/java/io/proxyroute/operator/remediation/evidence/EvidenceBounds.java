package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.PoolUsage;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Cuts diagnostics to the sizes that a proxy keeps to, since users choose what runs in a pod. */
final class EvidenceBounds {

    private static final int MAX_THREAD_GROUPS = 100;
    private static final int MAX_FRAMES = 30;
    private static final int MAX_CLASSES = 300;
    private static final int MAX_EXCHANGES = 200;
    private static final int MAX_HELD = 50;
    private static final int MAX_POOLS = 1_000;
    private static final int MAX_PROCESSES = 20;
    private static final int MAX_SAMPLES = 3_000;
    private static final int MAX_TEXT = 1_000;

    private EvidenceBounds() {}

    static ThreadReport threads(ThreadReport report) {
        return new ThreadReport(
                report.at(),
                report.platform(),
                report.virtual(),
                cut(
                        report.groups(),
                        MAX_THREAD_GROUPS,
                        group -> new ThreadReport.Group(
                                group.virtual(),
                                cut(group.namePattern()),
                                cut(group.state()),
                                group.count(),
                                group.oldestSeconds(),
                                cut(group.frames(), MAX_FRAMES, EvidenceBounds::cut))));
    }

    static ClassHistogram classes(ClassHistogram histogram) {
        return new ClassHistogram(
                histogram.at(),
                histogram.totalBytes(),
                cut(
                        histogram.rows(),
                        MAX_CLASSES,
                        row -> new ClassHistogram.Row(cut(row.className()), row.instances(), row.bytes())));
    }

    static ExchangeTable exchanges(ExchangeTable table) {
        return new ExchangeTable(
                table.at(),
                table.total(),
                cut(
                        table.rows(),
                        MAX_EXCHANGES,
                        row -> new ExchangeTable.Row(
                                cut(row.traceId()),
                                cut(row.rule()),
                                cut(row.method()),
                                cut(row.path()),
                                cut(row.backend()),
                                row.ageSeconds(),
                                row.silentSeconds(),
                                cut(row.phase()),
                                cut(row.held(), MAX_HELD, EvidenceBounds::cut))));
    }

    /** Pools with an absurdly long name are left out. */
    static List<PoolUsage> pools(List<PoolUsage> pools) {
        return cut(pools, Integer.MAX_VALUE, UnaryOperator.identity()).stream()
                .filter(pool -> pool.backend() != null && pool.backend().length() <= MAX_TEXT)
                .limit(MAX_POOLS)
                .toList();
    }

    /** The newest processes and samples. */
    static LiveSetHistory history(LiveSetHistory history) {
        return new LiveSetHistory(newest(history.processes(), MAX_PROCESSES).stream()
                .map(process -> new LiveSetHistory.Process(process.startedAt(), newest(process.samples(), MAX_SAMPLES)))
                .toList());
    }

    private static <T> List<T> newest(List<T> items, int max) {
        return items.subList(Math.max(0, items.size() - max), items.size());
    }

    private static <T> List<T> cut(List<T> items, int max, UnaryOperator<T> each) {
        return items == null
                ? List.of()
                : items.stream().filter(Objects::nonNull).limit(max).map(each).toList();
    }

    private static String cut(String text) {
        return text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }
}
