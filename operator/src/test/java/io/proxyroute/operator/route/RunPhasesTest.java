package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.ProxyRouteStatus.Remediation;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tuning waits while a run is open, and only then. */
class RunPhasesTest {

    @ParameterizedTest
    @ValueSource(strings = {"Disabled", "Observe", "Suspect", "Escalated", "Done"})
    void nothingIsUnderWay(String phase) {
        assertThat(RunPhases.isOpen(new Remediation(phase, "shop-1", 0))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"Escalated", "Done"})
    void aRunIsUnderWay(RemediationRunStatus.Phase phase) {
        assertThat(RunPhases.isOpen(new Remediation(phase.name(), "shop-1", 0))).isTrue();
    }
}
