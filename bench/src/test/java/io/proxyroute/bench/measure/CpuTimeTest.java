package io.proxyroute.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuTimeTest {

    @Test
    void addsUserAndSystemTime() {
        assertThat(CpuTime.parse("4242 (java) S 1 4242 4242 0 -1 4194560 1 0 0 0 170 30 900 900 20 0 30 0 5"))
                .isEqualTo(2_000_000);
    }

    @Test
    void readsCommandsWithSpacesAndParentheses() {
        assertThat(CpuTime.parse("7 (nginx: (w) 1) S 1 7 7 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 5"))
                .isEqualTo(30_000);
    }

    @Test
    void countsThisProcess() {
        assertThat(CpuTime.micros(ProcessHandle.current())).isPositive();
    }
}
