package io.proxyroute.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.chaos.EvictionChecks.RunRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictionChecksTest {

    private static final List<RunRecord> RUNS = List.of(
            new RunRecord("run-1", "pod-a", true),
            new RunRecord("run-2", "pod-b", true),
            new RunRecord("run-3", "pod-c", false));

    @Test
    void passesWhenEachRunEvictsItsPodAtMostOnce() {
        assertThat(EvictionChecks.failures(List.of("pod-a", "pod-b"), RUNS)).isEmpty();
        assertThat(EvictionChecks.failures(List.of("pod-b"), RUNS)).isEmpty();
    }

    @Test
    void failsWhenPodIsEvictedTwice() {
        assertThat(EvictionChecks.failures(List.of("pod-a", "pod-a"), RUNS))
                .containsExactly("pod-a was evicted 2 times.");
    }

    @Test
    void failsWhenPodIsEvictedWithoutRun() {
        assertThat(EvictionChecks.failures(List.of("pod-a", "pod-x"), RUNS))
                .containsExactly("pod-x was evicted without a run.");
    }

    @Test
    void failsWhenRunDoesNotReportItsEviction() {
        assertThat(EvictionChecks.failures(List.of("pod-a", "pod-b", "pod-c"), RUNS))
                .containsExactly(
                        "pod-c was evicted, but run-3 does not report it.",
                        "There were 3 evictions, but only 2 runs acted.");
    }
}
