package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.TunedValues;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.Tuning;
import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTuningTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final RouteTuning tuning = new RouteTuning();

    @Test
    void disabledReportsNothing() {
        assertThat(tuning.tune(spec("Disabled"), null, atLimit(20), false, START)
                        .tuning())
                .isNull();
    }

    @Test
    void recommendChangesNoSetting() {
        Tuning status = afterWindow(spec("Recommend"), null, 20);

        assertThat(status.effective()).isNull();
        assertThat(status.recommended().maxConnectionsPerBackend()).isEqualTo(30);
        assertThat(status.reason()).contains("at most 20 of 20 connections");
    }

    @Test
    void autoAppliesSettingAndMeasuresAgain() {
        ProxyRouteSpec spec = spec("Auto");
        Tuning changed = afterWindow(spec, null, 20);
        assertThat(changed.effective().maxConnectionsPerBackend()).isEqualTo(30);

        Tuning next = tuning.tune(spec, changed, atLimit(30), false, START.plusSeconds(11))
                .tuning();
        assertThat(next).as("the reason stays until there is more to say").isEqualTo(changed);
    }

    @Test
    void sameFiguresWriteNoStatus() {
        ProxyRouteSpec spec = spec("Auto");
        Tuning status = null;
        Tuning settled = null;
        for (int second = 0; second < 60; second++) {
            status = tuning.tune(spec, status, usage(17, 20), false, START.plusSeconds(second))
                    .tuning();
            if (second == 30) {
                settled = status;
            }
        }
        assertThat(status).isSameAs(settled);
        assertThat(status.reason()).endsWith("The current settings fit.");
    }

    @Test
    void adjustsValuesToNarrowerBounds() {
        Tuning before = new Tuning(
                new TunedValues(90, GatewayDuration.parse("3s")),
                new TunedValues(90, GatewayDuration.parse("3s")),
                "Reason of the previous decision.",
                START);
        ProxyRouteSpec spec = spec("Auto, bounds: {maxConnectionsPerBackend: {max: 50}}");

        Tuning status = tuning.tune(spec, before, usage(1, 90), false, START.plusSeconds(60))
                .tuning();

        assertThat(status.effective().maxConnectionsPerBackend()).isEqualTo(50);
    }

    @Test
    void recommendRevertsToSpec() {
        Tuning before = new Tuning(
                new TunedValues(90, GatewayDuration.parse("3s")),
                new TunedValues(90, GatewayDuration.parse("3s")),
                "Reason of the previous decision.",
                START);

        assertThat(tuning.tune(spec("Recommend"), before, usage(1, 90), false, START)
                        .tuning()
                        .effective())
                .isNull();
    }

    @Test
    void changesNothingDuringRun() {
        Tuning status = null;
        for (int second = 0; second <= 30; second++) {
            status = tuning.tune(spec("Auto"), status, atLimit(20), true, START.plusSeconds(second))
                    .tuning();
        }
        assertThat(status.effective()).isNull();
        assertThat(status.reason()).isEqualTo("Tuning is suspended while a pod leaks or is being replaced.");
    }

    @Test
    void keepsDecisionIfCachedStatusIsOlder() {
        ProxyRouteSpec spec = spec("Auto");
        ProxyRouteStatus older = status(new Tuning(
                null,
                new TunedValues(20, GatewayDuration.parse("3s")),
                "Reason of the previous decision.",
                START.minusSeconds(60)));
        assertThat(tuning.current(older)).as("a new leader").isEqualTo(older.tuning());
        assertThat(tuning.current(null)).isNull();

        Tuning decided = afterWindow(spec, older.tuning(), 20);

        assertThat(decided.effective().maxConnectionsPerBackend()).isEqualTo(30);
        assertThat(tuning.current(older)).isEqualTo(decided);
        tuning.tune(spec("Disabled"), decided, atLimit(30), false, START.plusSeconds(12));
        assertThat(tuning.current(older)).isNull();
    }

    private static ProxyRouteStatus status(Tuning tuning) {
        return new ProxyRouteStatus(List.of(), 1L, 1, 1, "", null, null, "", tuning, null);
    }

    private Tuning afterWindow(ProxyRouteSpec spec, Tuning status, int limit) {
        for (int second = 0; second <= 10; second++) {
            status = tuning.tune(spec, status, atLimit(limit), false, START.plusSeconds(second))
                    .tuning();
        }
        return status;
    }

    private static ProxyRouteSpec spec(String mode) {
        return new KubernetesSerialization().unmarshal("""
                listeners: [{name: http, port: 8080}]
                tuning: {interval: 1s, window: 10s, mode: %s}
                """.formatted(mode), ProxyRouteSpec.class);
    }

    private static RecentSnapshots atLimit(int limit) {
        return snapshots(new PoolUsage("shop/cart:80", 1, limit, 0, 5, limit, limit, 1000, 0, 0, 0, 800, 0.0));
    }

    private static RecentSnapshots usage(int peak, int limit) {
        return snapshots(new PoolUsage("shop/cart:80", 1, peak, 0, 0, limit, peak, 1000, 0, 0, 0, 0, 0.0));
    }

    private static RecentSnapshots snapshots(PoolUsage usage) {
        return OnePod.at(START, null, List.of(usage), new LedgerSummary(0, 0, 0, 0, 0, 0, 0, 0, List.of()));
    }
}
