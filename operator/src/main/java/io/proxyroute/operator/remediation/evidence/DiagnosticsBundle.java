package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that was collected about a pod for one run. Kept as JSON beside its report, so that another operator can go on
 * with it. Parts are null where they were not asked for or not given; {@code gaps} says why.
 *
 * @param ttl how long it is kept where its route, which says so, is gone
 * @param collectedAt when the newest part came
 * @param config what the pod served, as JSON text
 * @param snapshot its state
 * @param liveSet its live set over its life, oldest first
 * @param threads grouped by stack
 * @param exchanges in flight
 * @param pools by backend
 * @param before class histogram, first look
 * @param after class histogram, second look
 * @param gaps parts that are missing, a sentence each
 */
public record DiagnosticsBundle(
        Duration ttl,
        Instant collectedAt,
        String config,
        Snapshot snapshot,
        List<LiveSetSample> liveSet,
        ThreadReport threads,
        ExchangeTable exchanges,
        List<PoolUsage> pools,
        ClassHistogram before,
        ClassHistogram after,
        List<String> gaps) {

    private static final double NOTABLE = 0.01;

    public DiagnosticsBundle {
        liveSet = liveSet == null ? List.of() : List.copyOf(liveSet);
        pools = pools == null ? List.of() : List.copyOf(pools);
        gaps = gaps == null ? List.of() : List.copyOf(gaps);
    }

    /**
     * How much the instances of a class have grown between the two looks.
     *
     * @param className as the JVM writes it
     * @param instances more than before
     * @param bytes more than before
     * @param bytesNow in all
     */
    record Growth(String className, long instances, long bytes, long bytesNow) {}

    /** The classes that grew by a hundredth of all growth at least, most bytes first: less is what any process does. */
    List<Growth> growing() {
        if (before == null || after == null) {
            return List.of();
        }
        Map<String, ClassHistogram.Row> earlier = new HashMap<>();
        before.rows().forEach(row -> earlier.put(row.className(), row));
        List<Growth> growing = after.rows().stream()
                .map(row -> {
                    ClassHistogram.Row old = earlier.getOrDefault(row.className(), unlisted(row));
                    return new Growth(
                            row.className(), row.instances() - old.instances(), row.bytes() - old.bytes(), row.bytes());
                })
                .filter(growth -> growth.bytes() > 0)
                .toList();
        long all = growing.stream().mapToLong(Growth::bytes).sum();
        return growing.stream()
                .filter(growth -> growth.bytes() >= all * NOTABLE)
                .sorted(Comparator.comparingLong(Growth::bytes).reversed())
                .limit(15)
                .toList();
    }

    /**
     * What the first look saw at most of a class that it does not list: rows are cut to the largest, and one that has just
     * come among them has not grown by all that it holds.
     */
    private ClassHistogram.Row unlisted(ClassHistogram.Row row) {
        boolean complete =
                before.rows().stream().mapToLong(ClassHistogram.Row::bytes).sum() >= before.totalBytes();
        long bytes =
                complete ? 0 : Math.min(row.bytes(), before.rows().getLast().bytes());
        return new ClassHistogram.Row(row.className(), row.instances() * bytes / row.bytes(), bytes);
    }

    /** The same with class histograms. */
    DiagnosticsBundle with(ClassHistogram first, ClassHistogram second, List<String> moreGaps, Instant at) {
        return new DiagnosticsBundle(
                ttl,
                at,
                config,
                snapshot,
                liveSet,
                threads,
                exchanges,
                pools,
                first,
                second,
                Stream.concat(gaps.stream(), moreGaps.stream()).toList());
    }
}
