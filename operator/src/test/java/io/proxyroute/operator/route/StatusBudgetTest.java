package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusBudgetTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");

    private final StatusBudget budget = new StatusBudget();

    @Test
    void limitsWritesOfOneGeneration() {
        int written = 0;
        for (int second = 0; second < 600; second++) {
            written += budget.tryTake(1L, T.plusSeconds(second)) ? 1 : 0;
        }

        assertThat(written).isBetween(75, 85);
        assertThat(budget.wait(1L, T.plusSeconds(599))).isPositive();
    }

    @Test
    void changesOfTheSpecAreNotLimited() {
        for (long generation = 1; generation < 500; generation++) {
            assertThat(budget.wait(generation, T)).isZero();
            assertThat(budget.tryTake(generation, T)).isTrue();
            assertThat(budget.tryTake(generation, T)).isTrue();
        }
    }
}
