package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.proxyroute.operator.route.PodDeaths.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodDeathsTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final PodDeaths deaths = new PodDeaths();

    @ParameterizedTest
    @CsvSource({"OOMKilled, 137, OOM_KILLED", "Error, 3, OUT_OF_MEMORY_ERROR", "Error, 1, CRASHED"})
    void knowsCauses(String reason, int code, Cause cause) {
        assertThat(deaths.update(List.of(pod("a", ended(reason, code, T))), T.plusSeconds(1)))
                .containsExactly(new PodDeaths.Death("a", cause, code, T));
    }

    @ParameterizedTest
    @CsvSource({"Completed, 0", "Error, 143"})
    void normalEndsAreNoDeaths(String reason, int code) {
        assertThat(deaths.update(List.of(pod("a", ended(reason, code, T))), T)).isEmpty();
        assertThat(deaths.message()).isEmpty();
    }

    @Test
    void eachDeathIsNewOnce() {
        Pod pod = pod("a", ended("OOMKilled", 137, T));
        deaths.update(List.of(pod), T);

        assertThat(deaths.update(List.of(pod), T.plusSeconds(10))).isEmpty();
        assertThat(deaths.message())
                .contains(
                        "The proxy of pod a was killed by the kernel because its memory limit was reached (exit code 137) at"
                                + " 2030-01-01T00:00:00Z. If no leak is reported, the memory limit may be too low for the load.");
    }

    @Test
    void remembersForAnHourAfterPodIsGone() {
        deaths.update(List.of(pod("a", ended("OOMKilled", 137, T))), T);
        deaths.update(List.of(pod("b", ended("Error", 1, T.plusSeconds(60)))), T.plusSeconds(60));

        deaths.update(List.of(), T.plus(Duration.ofMinutes(59)));
        assertThat(deaths.message().orElseThrow())
                .startsWith("2 proxies died within an hour. The proxy of pod b crashed");
        deaths.update(List.of(), T.plus(Duration.ofMinutes(62)));
        assertThat(deaths.message()).isEmpty();
    }

    @Test
    void oldDeathIsForgotten() {
        assertThat(deaths.update(List.of(pod("a", ended("OOMKilled", 137, T))), T.plus(Duration.ofMinutes(61))))
                .isEmpty();
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 1_000; i++) {
            deaths.update(List.of(pod("p" + i, ended("Error", 1, T))), T);
        }
        assertThat(deaths.message().orElseThrow()).startsWith("100 proxies died");
    }

    private static ContainerState ended(String reason, int code, Instant at) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withReason(reason)
                .withExitCode(code)
                .withFinishedAt(at.toString())
                .endTerminated()
                .build();
    }

    private static Pod pod(String name, ContainerState last) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("proxy")
                .withLastState(last)
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
