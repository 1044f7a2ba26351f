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
 * The diagnostics of a pod for one run. Stored as JSON beside the report, so that another operator can read them.
 * Parts that were not requested or not received are null; {@code gaps} says why.
 *
 * @param ttl how long the bundle is kept if its route is gone
 * @param collectedAt arrival of the newest part
 * @param config configuration that the pod served, as JSON text
 * @param snapshot the pod's snapshot
 * @param liveSet measurements of its live set, oldest first
 * @param threads grouped by stack
 * @param exchanges exchanges in flight
 * @param pools pools by backend
 * @param before first class histogram
 * @param after second class histogram
 * @param gaps one sentence for each missing part
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

    private static final double MIN_SHARE = 0.01;

    public DiagnosticsBundle {
        liveSet = liveSet == null ? List.of() : List.copyOf(liveSet);
        pools = pools == null ? List.of() : List.copyOf(pools);
        gaps = gaps == null ? List.of() : List.copyOf(gaps);
    }

    /**
     * Growth of a class between the two histograms.
     *
     * @param className class name as the JVM writes it
     * @param instances added
     * @param bytes added
     * @param bytesNow total bytes in the second histogram
     */
    record Growth(String className, long instances, long bytes, long bytesNow) {}

    /** The classes with at least 1 % of all growth, most bytes first. Less is normal for any process. */
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
                .filter(growth -> growth.bytes() >= all * MIN_SHARE)
                .sorted(Comparator.comparingLong(Growth::bytes).reversed())
                .limit(15)
                .toList();
    }

    /**
     * Upper bound for a class that the first histogram does not list. A histogram keeps only the largest classes, and
     * one that has just become large has not grown by its total size.
     */
    private ClassHistogram.Row unlisted(ClassHistogram.Row row) {
        boolean complete =
                before.rows().stream().mapToLong(ClassHistogram.Row::bytes).sum() >= before.totalBytes();
        long bytes =
                complete ? 0 : Math.min(row.bytes(), before.rows().getLast().bytes());
        return new ClassHistogram.Row(row.className(), row.instances() * bytes / row.bytes(), bytes);
    }

    /** A bundle without diagnostics. */
    static DiagnosticsBundle empty(Duration ttl, Instant at, String gap) {
        return new DiagnosticsBundle(ttl, at, null, null, List.of(), null, null, List.of(), null, null, List.of(gap));
    }

    /** This bundle with class histograms. */
    DiagnosticsBundle withHistograms(ClassHistogram first, ClassHistogram second, List<String> moreGaps, Instant at) {
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
