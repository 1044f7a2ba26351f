package io.proxyroute.operator.remediation.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadingTest {

    @Test
    void takesValuesAndLimitsFromSnapshot() {
        Snapshot snapshot = snapshot("shop/a:80");
        Reading reading = Reading.of(snapshot);

        for (Signal signal : Signal.values()) {
            assertThat(reading.value(signal)).isEqualTo(Double.valueOf(signal.of(snapshot)));
            assertThat(reading.limit(signal)).isEqualTo(Double.valueOf(signal.limitIn(snapshot)));
        }
    }

    /** Each snapshot is parsed separately, and hundreds of readings are kept per pod. */
    @Test
    void readingsShareBackendNames() {
        Reading one = Reading.of(snapshot(String.join(":", "shop/a", "80")));
        Reading other = Reading.of(snapshot(String.join(":", "shop/a", "80")));

        assertThat(one.backends().getFirst().backend())
                .isSameAs(other.backends().getFirst().backend());
    }

    private static Snapshot snapshot(String backend) {
        PoolUsage pool = new PoolUsage(backend, 1, 4, 1, 0, 20, 4, 100, 0, 0, 0, 1, 2.0);
        return SampleTraces.snapshot(SampleTraces.START, 1000, 3, 20, 5, List.of(pool));
    }
}
