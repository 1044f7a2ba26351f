package io.proxyroute.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoViewTest {

    private static final List<ClusterSnapshot.PhaseStart> PHASES = List.of(
            new ClusterSnapshot.PhaseStart(RemediationPhase.Confirm, Duration.ofSeconds(84)),
            new ClusterSnapshot.PhaseStart(RemediationPhase.Capture, Duration.ofSeconds(85)),
            new ClusterSnapshot.PhaseStart(RemediationPhase.Prepare, Duration.ofSeconds(86)),
            new ClusterSnapshot.PhaseStart(RemediationPhase.Act, Duration.ofSeconds(102)),
            new ClusterSnapshot.PhaseStart(RemediationPhase.Verify, Duration.ofSeconds(104)));

    @Test
    void podLineFitsEightyColumns() {
        List<String> lines = DemoView.panel(snapshot(), 80);

        assertThat(lines)
                .filteredOn(line -> line.contains("shop-proxy"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line).endsWith("█▅█▅ 71 of 120 MiB");
                    assertThat(line.length()).isLessThanOrEqualTo(80);
                });
    }

    @Test
    void remediationLineShowsNewestPhaseInEightyColumns() {
        assertThat(DemoView.panel(snapshot(), 80))
                .filteredOn(line -> line.contains("remediation"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line).endsWith("› Verify 1:44 › Recovered");
                    assertThat(line.length()).isLessThanOrEqualTo(80);
                });
    }

    private static ClusterSnapshot snapshot() {
        ClusterSnapshot.PodState pod = new ClusterSnapshot.PodState(
                "shop-proxy-6bdb8f7d55-9kf88", "uid", "detached", 0, List.of(120.0, 71.0, 120.0, 71.0), 120);
        ClusterSnapshot.RunState run = new ClusterSnapshot.RunState(
                "shop-0b9f7a54-1", pod.name(), pod.uid(), "cause", PHASES, "Recovered", null, null, null, null);
        return new ClusterSnapshot(
                Duration.ofSeconds(110),
                List.of(),
                List.of(pod),
                Optional.of(run),
                null,
                new ClusterSnapshot.TrafficStats(250, 1000, 0, 5));
    }
}
