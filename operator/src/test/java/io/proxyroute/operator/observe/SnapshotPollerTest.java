package io.proxyroute.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.contract.telemetry.Snapshot.PodIdentity;
import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A sample is known only when this very pod took it, and took it since the last one. */
class SnapshotPollerTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant NOW = T.plusSeconds(100);
    private static final PodIdentity SELF = new PodIdentity("route", "a", "uid-a");

    private final ObservedPod pod = new ObservedPod(
            new RouteRef("shop", "shop", "route"), null, "a", "uid-a", "node", "1", true, true, false, T, T);

    @Test
    void newSnapshotIsKnown() {
        Snapshot snapshot = snapshot(SELF, T);

        PodSample first = SnapshotPoller.checked(pod, snapshot, null, NOW);
        PodSample next = SnapshotPoller.checked(pod, snapshot, T.minusMillis(1), NOW);

        assertThat(first.snapshot()).contains(snapshot);
        assertThat(first.at()).isEqualTo(NOW);
        assertThat(first.unknownBecause()).isNull();
        assertThat(next.snapshot()).contains(snapshot);
    }

    @Test
    void repeatedSnapshotIsUnknown() {
        assertUnknown(SnapshotPoller.checked(pod, snapshot(SELF, T), T, NOW), "a repeats its snapshot of " + T);
    }

    @Test
    void olderSnapshotIsUnknown() {
        assertUnknown(SnapshotPoller.checked(pod, snapshot(SELF, T.minusSeconds(1)), T, NOW), "a repeats its snapshot");
    }

    @Test
    void snapshotOfAnotherPodIsUnknown() {
        PodIdentity other = new PodIdentity("route", "b", "uid-b");

        assertUnknown(SnapshotPoller.checked(pod, snapshot(other, T), null, NOW), "another process responds");
    }

    @Test
    void snapshotOfAnotherRouteIsUnknown() {
        PodIdentity other = new PodIdentity("route-2", "a", "uid-a");

        assertUnknown(SnapshotPoller.checked(pod, snapshot(other, T), null, NOW), "another process responds");
    }

    @Test
    void snapshotWithoutPodIsUnknown() {
        assertUnknown(SnapshotPoller.checked(pod, snapshot(null, T), null, NOW), "another process responds");
    }

    @Test
    void podWithoutAddressIsUnknown() throws InterruptedException {
        SnapshotPoller poller = new SnapshotPoller(null, Clock.systemUTC(), null);

        assertUnknown(poller.poll(pod, null), "a has no address yet");
    }

    /** Without a client, every poll fails with an unexpected exception. */
    @Test
    void keepsPollingAfterErrors() {
        ObservedPod reachable = new ObservedPod(
                pod.route(),
                new ProxyAddress("route", "a", "uid-a", "1", "10.0.0.1"),
                "a",
                "uid-a",
                "node",
                "1",
                true,
                true,
                false,
                T,
                T);
        List<PodSample> samples = new CopyOnWriteArrayList<>();
        SampleSink sink = sample -> {
            samples.add(sample);
            throw new IllegalStateException("not this one");
        };
        try (SnapshotPoller poller = new SnapshotPoller(null, Clock.systemUTC(), sink)) {
            poller.watch("route", Duration.ofMillis(50), List.of(reachable));

            await().untilAsserted(() -> assertThat(samples).hasSizeGreaterThan(2));
        }
        samples.forEach(sample -> assertUnknown(sample, "the response of a cannot be processed"));
    }

    @Nested
    class HostilePod {

        @Test
        void missingPartsAreUnknown() {
            Snapshot empty = new Snapshot(SELF, T, T, null, null, null, null, null, null, List.of(), null);

            assertUnknown(
                    SnapshotPoller.checked(pod, empty, null, NOW), "a sends an invalid snapshot: a part is missing");
            assertUnknown(
                    SnapshotPoller.checked(
                            pod, snapshot(SELF, T, Arrays.asList((PoolUsage) null), List.of()), null, NOW),
                    "a sends an invalid snapshot: a part is missing");
            assertUnknown(SnapshotPoller.checked(pod, null, null, NOW), "another process responds");
        }

        @Test
        void figuresThatAreNoNumbersAreUnknown() {
            assertUnknown(
                    SnapshotPoller.checked(
                            pod, snapshot(SELF, T, List.of(pool("b", Double.NaN)), List.of()), null, NOW),
                    "a sends an invalid snapshot: a figure is not finite");
        }

        @Test
        void impossibleTimesAreUnknown() {
            assertUnknown(
                    SnapshotPoller.checked(pod, snapshot(SELF, Instant.MAX), null, NOW),
                    "a sends an invalid snapshot: its clock differs from the operator's by more than 24 hours");
        }

        @Test
        void listsAreCutAndDistinct() {
            List<LeakSite> sites = IntStream.range(0, 2_000)
                    .mapToObj(i -> site("site-" + i / 2 + "x".repeat(500)))
                    .toList();
            List<PoolUsage> pools = IntStream.range(0, 5_000)
                    .mapToObj(i -> pool("b" + i / 2, 0))
                    .toList();

            Snapshot bounded = SnapshotPoller.checked(pod, snapshot(SELF, T, pools, sites), null, NOW)
                    .snapshot()
                    .orElseThrow();

            assertThat(bounded.ledger().offenders()).hasSize(20).doesNotHaveDuplicates();
            assertThat(bounded.ledger().offenders())
                    .allSatisfy(site -> assertThat(site.site()).hasSize(200));
            assertThat(bounded.pools()).hasSize(1_000).doesNotHaveDuplicates();
        }
    }

    private static void assertUnknown(PodSample sample, String because) {
        assertThat(sample.snapshot()).isEmpty();
        assertThat(sample.unknownBecause()).startsWith(because);
    }

    private static Snapshot snapshot(PodIdentity identity, Instant takenAt) {
        return snapshot(identity, takenAt, List.of(), List.of());
    }

    private static Snapshot snapshot(
            PodIdentity identity, Instant takenAt, List<PoolUsage> pools, List<LeakSite> offenders) {
        return new Snapshot(
                identity,
                takenAt,
                T,
                null,
                Snapshot.ProcessState.READY,
                new Snapshot.Memory(0, 0, 0, new Snapshot.DirectMemory(0, 0), new Snapshot.DirectMemory(0, 0), 0, 0),
                null,
                new Snapshot.Threads(1, 1, 0, 0, 0),
                new Snapshot.Traffic(0, 0, 0, 0, null, 0, 0, 0, 0),
                pools,
                new LedgerSummary(0, 0, 0, 0, 0, 0, 0, 0, offenders));
    }

    private static PoolUsage pool(String backend, double p99) {
        return new PoolUsage(backend, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, p99, null);
    }

    private static LeakSite site(String site) {
        return new LeakSite(LedgerSummary.ResourceKind.BUFFER, "f", site, null, 1, 1, T, T, null);
    }
}
