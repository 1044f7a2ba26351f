package io.proxyroute.operator.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemandHistoryTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final DemandHistory history = new DemandHistory();

    @Test
    void convertsCountersToDifferencesPerProcess() {
        history.add(START, List.of(snapshot("a", START, 7, 100, 0)), true, WINDOW);
        history.add(START.plusSeconds(60), List.of(snapshot("a", START, 9, 103, 0)), true, WINDOW);
        Instant restarted = START.plusSeconds(90);
        history.add(START.plusSeconds(120), List.of(snapshot("a", restarted, 2, 5, 0)), true, WINDOW);

        assertThat(history.samples()).extracting(PoolDemand::acquireTimeouts).containsExactly(0L, 3L, 0L);
        assertThat(history.samples()).extracting(PoolDemand::peak).containsExactly(7, 9, 2);
    }

    @Test
    void usesWorstPod() {
        history.add(START, List.of(snapshot("a", START, 20, 0, 0), snapshot("b", START, 3, 0, 0)), true, WINDOW);
        history.add(
                START.plusSeconds(60),
                List.of(snapshot("a", START, 20, 4, 0), snapshot("b", START, 3, 0, 0)),
                true,
                WINDOW);

        PoolDemand last = history.samples().getLast();
        assertThat(last.peak()).isEqualTo(20);
        assertThat(last.atLimit()).isTrue();
    }

    @Test
    void reportsNewLeaksOnly() {
        history.add(START, List.of(snapshot("a", START, 1, 0, 5)), true, WINDOW);
        history.add(START.plusSeconds(60), List.of(snapshot("a", START, 1, 0, 5)), true, WINDOW);
        history.add(START.plusSeconds(120), List.of(snapshot("a", START, 1, 0, 6)), true, WINDOW);

        assertThat(history.samples()).extracting(PoolDemand::leaking).containsExactly(false, false, true);
    }

    @Test
    void sampleWithoutSnapshotsIsIncomplete() {
        history.add(START, List.of(), true, WINDOW);
        assertThat(history.samples()).singleElement().matches(sample -> !sample.complete());
    }

    @Test
    void keepsOneSampleFromBeforeWindow() {
        for (int minute = 0; minute <= 30; minute++) {
            history.add(START.plusSeconds(60L * minute), List.of(), true, WINDOW);
        }
        assertThat(history.samples()).hasSize(11);
        assertThat(history.samples().getFirst().at()).isEqualTo(START.plusSeconds(20 * 60));
        history.restart();
        assertThat(history.samples()).isEmpty();
    }

    private static Snapshot snapshot(String pod, Instant startedAt, int peak, long timeouts, long leaks) {
        return new Snapshot(
                new Snapshot.PodIdentity("route", pod, "uid-" + pod),
                startedAt,
                startedAt,
                null,
                Snapshot.ProcessState.READY,
                null,
                null,
                null,
                null,
                List.of(new PoolUsage("shop/cart:80", 1, peak, 0, 0, 20, peak, 1000, timeouts, 0, 0, 1.5, 0.0)),
                new LedgerSummary(0, 0, 0, 0, 0, leaks, leaks, 0, List.of()));
    }
}
