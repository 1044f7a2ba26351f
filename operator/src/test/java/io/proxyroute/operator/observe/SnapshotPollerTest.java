package io.proxyroute.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.contract.telemetry.Snapshot.PodIdentity;
import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    private static void assertUnknown(PodSample sample, String because) {
        assertThat(sample.snapshot()).isEmpty();
        assertThat(sample.unknownBecause()).startsWith(because);
    }

    private static Snapshot snapshot(PodIdentity identity, Instant takenAt) {
        return new Snapshot(
                identity, takenAt, T, null, Snapshot.ProcessState.READY, null, null, null, null, List.of(), null);
    }
}
