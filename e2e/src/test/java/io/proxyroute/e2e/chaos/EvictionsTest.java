package io.proxyroute.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.e2e.chaos.Evictions.RunFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictionsTest {

    private static final List<RunFacts> RUNS = List.of(
            new RunFacts("run-1", "pod-a", true),
            new RunFacts("run-2", "pod-b", true),
            new RunFacts("run-3", "pod-c", false));

    @Test
    void eachRunMayEvictItsOwnPodOnce() {
        assertThat(Evictions.complaints(List.of("pod-a", "pod-b"), RUNS)).isEmpty();
        assertThat(Evictions.complaints(List.of("pod-b"), RUNS)).isEmpty();
    }

    @Test
    void twiceIsOnceTooOften() {
        assertThat(Evictions.complaints(List.of("pod-a", "pod-a"), RUNS)).containsExactly("pod-a was evicted 2 times.");
    }

    @Test
    void anotherPodThanTheRunsIsTold() {
        assertThat(Evictions.complaints(List.of("pod-a", "pod-x"), RUNS))
                .containsExactly("pod-x was evicted, and no run is about it.");
    }

    @Test
    void aRunThatDidNotActEvictsNobody() {
        assertThat(Evictions.complaints(List.of("pod-a", "pod-b", "pod-c"), RUNS))
                .containsExactly(
                        "pod-c was evicted, and run-3 does not say so.",
                        "There were 3 evictions, and 2 runs that acted.");
    }
}
