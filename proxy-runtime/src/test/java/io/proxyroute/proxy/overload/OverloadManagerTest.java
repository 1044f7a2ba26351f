package io.proxyroute.proxy.overload;

import static io.proxyroute.proxy.overload.OverloadAction.CLOSE_AFTER_RESPONSE;
import static io.proxyroute.proxy.overload.OverloadAction.CLOSE_CONNECTIONS;
import static io.proxyroute.proxy.overload.OverloadAction.REFUSE_REQUESTS;
import static io.proxyroute.proxy.overload.OverloadAction.SHORTEN_IDLE;
import static io.proxyroute.proxy.overload.OverloadAction.STOP_ACCEPTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OverloadManagerTest {

    private final Overload overload = new Overload(ResourceLimits.NONE);
    private final Map<Resource, Double> used = new EnumMap<>(Resource.class);
    private final List<String> effects = new ArrayList<>();
    private final OverloadManager manager = new OverloadManager(overload, monitors(), new OverloadManager.Effects() {
        @Override
        public void closeIdle() {
            effects.add("closeIdle");
        }

        @Override
        public void closeConnections() {
            effects.add("closeConnections");
        }

        @Override
        public void accept(boolean enabled) {
            effects.add("accept " + enabled);
        }
    });

    private Map<Resource, DoubleSupplier> monitors() {
        Map<Resource, DoubleSupplier> monitors = new EnumMap<>(Resource.class);
        for (Resource resource : Resource.values()) {
            monitors.put(resource, () -> used.getOrDefault(resource, 0.0));
        }
        return monitors;
    }

    private void use(Resource resource, double share) {
        used.put(resource, share);
        for (int i = 0; i < 10; i++) { // slow monitors are sampled in every tenth evaluation
            manager.evaluate();
        }
    }

    private List<OverloadAction> active() {
        List<OverloadAction> active = new ArrayList<>();
        for (OverloadAction action : OverloadAction.values()) {
            if (overload.isActive(action)) {
                active.add(action);
            }
        }
        return active;
    }

    @Test
    void startsActionsOneAfterTheOther() {
        use(Resource.HELD_BYTES, 0.69);
        assertThat(active()).isEmpty();
        use(Resource.HELD_BYTES, 0.70);
        assertThat(active()).containsExactly(SHORTEN_IDLE);
        use(Resource.HELD_BYTES, 0.80);
        assertThat(active()).containsExactly(SHORTEN_IDLE, CLOSE_AFTER_RESPONSE);
        use(Resource.HELD_BYTES, 0.90);
        assertThat(active()).containsExactly(SHORTEN_IDLE, CLOSE_AFTER_RESPONSE, CLOSE_CONNECTIONS);
        use(Resource.HELD_BYTES, 0.95);
        assertThat(active()).contains(REFUSE_REQUESTS).doesNotContain(STOP_ACCEPTING);
        use(Resource.HELD_BYTES, 0.98);
        assertThat(active()).containsExactly(OverloadAction.values());
        assertThat(overload.trigger(STOP_ACCEPTING)).isEqualTo(Resource.HELD_BYTES);
        assertThat(overload.total(STOP_ACCEPTING, Resource.HELD_BYTES)).isEqualTo(1);
    }

    @Test
    void keepsActionUntilPressureIsWellBelowThreshold() {
        use(Resource.HEAP, 0.99);
        use(Resource.HEAP, 0.94);
        assertThat(active()).contains(STOP_ACCEPTING);
        use(Resource.HEAP, 0.92);
        assertThat(active()).contains(REFUSE_REQUESTS).doesNotContain(STOP_ACCEPTING);
        use(Resource.HEAP, 0.5);
        assertThat(active()).isEmpty();
        assertThat(effects).contains("accept false", "accept true", "closeConnections", "closeIdle");
        assertThat(effects.indexOf("accept false")).isLessThan(effects.indexOf("accept true"));
    }

    @ParameterizedTest
    @CsvSource({"CONNECTIONS", "DESCRIPTORS"})
    void refusesNoRequestsOfServedClientsBecauseOfConnections(Resource resource) {
        use(resource, 1.5);
        assertThat(active()).contains(CLOSE_CONNECTIONS).doesNotContain(REFUSE_REQUESTS, CLOSE_AFTER_RESPONSE);
    }

    @Test
    void onlyRefusesRequestsIfLoopsLag() {
        use(Resource.LOOP_LAG, 1.5);
        assertThat(active()).containsExactly(REFUSE_REQUESTS);
    }

    @Test
    void takesNoActionForReservedMemory() {
        use(Resource.DIRECT_MEMORY, 1);
        assertThat(active()).isEmpty();
        assertThat(overload.pressure(Resource.DIRECT_MEMORY)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(OverloadAction.class)
    void namesResourceUnderMostPressure(OverloadAction action) {
        use(Resource.HEAP, 0.99);
        use(Resource.HELD_BYTES, 1.2);
        assertThat(overload.trigger(action)).isEqualTo(Resource.HELD_BYTES);
        overload.count(action);
        assertThat(overload.total(action, Resource.HELD_BYTES)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"0.5, 60000", "0.7, 60000", "0.8, 31500", "0.9, 3000", "1.5, 3000"})
    void shortensIdleTimes(double pressure, long millis) {
        use(Resource.CONNECTIONS, pressure);
        assertThat(TimeUnit.NANOSECONDS.toMillis(overload.shortened(TimeUnit.SECONDS.toNanos(60))))
                .isBetween(millis - 1, millis + 1);
        assertThat(overload.shortened(0)).isZero();
    }
}
