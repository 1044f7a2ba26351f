package io.proxyroute.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ViewTest {

    private static final List<Scene.PhaseView> PHASES = List.of(
            new Scene.PhaseView("Confirm", Duration.ofSeconds(84)),
            new Scene.PhaseView("Capture", Duration.ofSeconds(85)),
            new Scene.PhaseView("Prepare", Duration.ofSeconds(86)),
            new Scene.PhaseView("Act", Duration.ofSeconds(102)),
            new Scene.PhaseView("Verify", Duration.ofSeconds(104)));

    @Test
    void chartAndMemoryFitTheUsualTerminal() {
        List<String> lines = View.panel(scene(), 80);

        assertThat(lines)
                .filteredOn(line -> line.contains("shop-proxy"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line).endsWith("█▅█▅ 71 of 120 MiB");
                    assertThat(line.length()).isLessThanOrEqualTo(80);
                });
    }

    @Test
    void theNewestPhaseIsSeenOnTheUsualTerminal() {
        assertThat(View.panel(scene(), 80))
                .filteredOn(line -> line.contains("remediation"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line).endsWith("› Verify 1:44 › Recovered");
                    assertThat(line.length()).isLessThanOrEqualTo(80);
                });
    }

    private static Scene scene() {
        Scene.PodView pod = new Scene.PodView(
                "shop-proxy-6bdb8f7d55-9kf88", "uid", "detached", 0, List.of(120.0, 71.0, 120.0, 71.0), 120);
        Scene.RunView run = new Scene.RunView(
                "0b9f7a54-3f8e-4a50-8b64-dc5b1f6ab0e1-1",
                pod.name(),
                pod.uid(),
                "cause",
                PHASES,
                "Recovered",
                null,
                null,
                null,
                null);
        return new Scene(
                Duration.ofSeconds(110),
                List.of(),
                List.of(pod),
                Optional.of(run),
                null,
                new Scene.Traffic(250, 1000, 0, 5));
    }
}
