package io.proxyroute.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tuning waits while a run is open, and scaling in while a pod is being replaced; no other phase holds them up. */
class RemediationPhaseTest {

    @ParameterizedTest
    @EnumSource(names = {"Disabled", "Observe", "Suspect", "Detected", "Escalated", "Done"})
    void noRunIsOpen(RemediationPhase phase) {
        assertThat(phase.isOpen()).isFalse();
        assertThat(phase.isReplacing()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"Disabled", "Observe", "Suspect", "Detected", "Escalated", "Done"})
    void runIsOpen(RemediationPhase phase) {
        assertThat(phase.isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"Capture", "Prepare", "Act", "Verify"})
    void podIsBeingReplaced(RemediationPhase phase) {
        assertThat(phase.isReplacing()).isTrue();
    }
}
