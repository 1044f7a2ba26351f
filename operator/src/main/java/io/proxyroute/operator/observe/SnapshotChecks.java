package io.proxyroute.operator.observe;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.LiveSetSample;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Checks and bounds a snapshot before anything depends on it, since users choose what runs in a pod. A snapshot whose parts are
 * missing or whose figures are no figures tells nothing. Lists are cut to the sizes that a proxy keeps to.
 */
final class SnapshotChecks {

    private static final int MAX_POOLS = 1_000;
    private static final int MAX_OFFENDERS = 20;
    private static final int MAX_TEXT = 200;
    /** Clocks of nodes differ; by more than this, every conclusion from times would be wrong. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofDays(1);

    private static final Duration MAX_AGE = Duration.ofDays(10 * 365);

    private SnapshotChecks() {}

    /** What is wrong with a snapshot, as a clause; empty if nothing is. */
    static Optional<String> fault(Snapshot snapshot, Instant now) {
        if (!isComplete(snapshot)) {
            return Optional.of("a part is missing");
        }
        if (!figures(snapshot).allMatch(Double::isFinite)) {
            return Optional.of("a figure is not finite");
        }
        boolean plausible = isWithin(snapshot.takenAt(), now, MAX_CLOCK_DIFFERENCE)
                && isWithin(snapshot.startedAt(), now, MAX_AGE)
                && (snapshot.liveSet() == null || isWithin(snapshot.liveSet().at(), now, MAX_AGE));
        return plausible
                ? Optional.empty()
                : Optional.of("its clock differs from the operator's by more than %d hours"
                        .formatted(MAX_CLOCK_DIFFERENCE.toHours()));
    }

    private static boolean isComplete(Snapshot snapshot) {
        Snapshot.Memory memory = snapshot.memory();
        LiveSetSample liveSet = snapshot.liveSet();
        return snapshot.takenAt() != null
                && snapshot.startedAt() != null
                && (snapshot.config() == null || snapshot.config().hash() != null)
                && snapshot.state() != null
                && memory != null
                && memory.nettyDirect() != null
                && memory.jdkDirect() != null
                && (liveSet == null || liveSet.at() != null)
                && snapshot.threads() != null
                && snapshot.traffic() != null
                && snapshot.pools() != null
                && snapshot.pools().stream().allMatch(pool -> pool != null && pool.backend() != null)
                && snapshot.ledger() != null
                && snapshot.ledger().offenders() != null
                && snapshot.ledger().offenders().stream().allMatch(SnapshotChecks::isComplete);
    }

    private static boolean isComplete(LeakSite site) {
        return site != null && site.kind() != null && site.filter() != null && site.site() != null;
    }

    private static DoubleStream figures(Snapshot snapshot) {
        LiveSetSample liveSet = snapshot.liveSet();
        DoubleStream process = DoubleStream.of(
                snapshot.threads().virtualOldestSeconds(),
                snapshot.threads().schedulerDelayMillis(),
                snapshot.traffic().requestsPerSecond(),
                snapshot.traffic().inFlightMean(),
                snapshot.traffic().p99Millis(),
                liveSet == null ? 0 : liveSet.inFlight(),
                liveSet == null ? 0 : liveSet.connections(),
                liveSet == null ? 0 : liveSet.requestsPerSecond(),
                liveSet == null ? 0 : liveSet.gcMillis());
        DoubleStream pools = snapshot.pools().stream()
                .flatMapToDouble(pool -> DoubleStream.of(
                        pool.acquireP99Millis(), Objects.requireNonNullElse(pool.responseP99Millis(), 0.0)));
        return DoubleStream.concat(process, pools);
    }

    private static boolean isWithin(Instant moment, Instant now, Duration distance) {
        return !moment.isBefore(now.minus(distance)) && !moment.isAfter(now.plus(distance));
    }

    /** A copy whose lists and texts are no longer than those of a real proxy, without duplicates. */
    static Snapshot bounded(Snapshot snapshot) {
        LedgerSummary ledger = snapshot.ledger();
        return new Snapshot(
                snapshot.pod(),
                snapshot.takenAt(),
                snapshot.startedAt(),
                snapshot.config(),
                snapshot.state(),
                snapshot.memory(),
                snapshot.liveSet(),
                snapshot.threads(),
                snapshot.traffic(),
                distinct(snapshot.pools(), PoolUsage::backend, MAX_POOLS),
                new LedgerSummary(
                        ledger.openRecords(),
                        ledger.heldLeases(),
                        ledger.heldBuffers(),
                        ledger.heldBufferBytes(),
                        ledger.heldTasks(),
                        ledger.leaksTotal(),
                        ledger.reclaimedTotal(),
                        ledger.quarantinedBytes(),
                        distinct(
                                        ledger.offenders(),
                                        site -> List.of(
                                                site.kind(),
                                                site.filter(),
                                                site.site(),
                                                Objects.requireNonNullElse(site.backend(), "")),
                                        MAX_OFFENDERS)
                                .stream()
                                .map(SnapshotChecks::bounded)
                                .toList()));
    }

    private static LeakSite bounded(LeakSite site) {
        return new LeakSite(
                site.kind(),
                bounded(site.filter()),
                bounded(site.site()),
                bounded(site.backend()),
                site.count(),
                site.reclaimed(),
                site.firstSeen(),
                site.lastSeen(),
                bounded(site.lastTraceId()));
    }

    private static String bounded(String text) {
        return text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static <T> List<T> distinct(List<T> items, Function<T, Object> key, int max) {
        Set<Object> seen = new HashSet<>();
        return items.stream()
                .filter(item -> seen.add(key.apply(item)))
                .limit(max)
                .toList();
    }
}
