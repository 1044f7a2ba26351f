package io.proxyroute.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionChangesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Condition PROGRAMMED = condition("True", Reason.Programmed);
    private static final Condition PENDING = condition("False", Reason.Pending);
    private static final Condition NO_PODS = condition("False", Reason.NoReadyPods);
    private static final Condition HEALTHY = condition("True", Reason.Healthy);
    private static final Condition UNHEALTHY = condition("False", Reason.Unhealthy);
    private static final Condition UNKNOWN = condition("Unknown", Reason.Unknown);

    private final ConditionChanges changes = new ConditionChanges(Duration.ofSeconds(10));

    @Test
    void ignoresConfigurationThatIsAcknowledgedInTime() {
        assertThat(at(0, List.of(), PROGRAMMED)).containsExactly(PROGRAMMED);
        assertThat(at(1, List.of(PROGRAMMED), PENDING)).isEmpty();
        assertThat(at(2, List.of(PENDING), PROGRAMMED)).isEmpty();
        assertThat(at(60, List.of(PROGRAMMED), PENDING)).as("new grace period").isEmpty();
        assertThat(at(69, List.of(PENDING), PENDING)).isEmpty();
    }

    @Test
    void reportsOverdueConfigurationAndItsAcknowledgementOnce() {
        at(0, List.of(), PROGRAMMED);
        at(1, List.of(PROGRAMMED), PENDING);

        assertThat(at(11, List.of(PENDING), PENDING)).containsExactly(PENDING);
        assertThat(at(21, List.of(PENDING), PENDING)).isEmpty();
        assertThat(at(30, List.of(PENDING), PROGRAMMED)).containsExactly(PROGRAMMED);
    }

    @Test
    void reportsMissingPodsExceptForNewRoute() {
        assertThat(at(0, List.of(), NO_PODS)).isEmpty();
        assertThat(at(5, List.of(NO_PODS), PROGRAMMED)).containsExactly(PROGRAMMED);
        assertThat(at(9, List.of(PROGRAMMED), NO_PODS)).containsExactly(NO_PODS);
    }

    @Test
    void doesNotRepeatReportsOfPreviousLeader() {
        assertThat(at(0, List.of(PROGRAMMED, UNHEALTHY), PROGRAMMED, UNHEALTHY)).isEmpty();
        assertThat(at(1, List.of(PROGRAMMED, UNHEALTHY), PROGRAMMED, HEALTHY)).containsExactly(HEALTHY);
    }

    @Test
    void ignoresUnknownStatusAndReturnToTheSame() {
        at(0, List.of(), HEALTHY);

        assertThat(at(1, List.of(HEALTHY), UNKNOWN)).isEmpty();
        assertThat(at(2, List.of(UNKNOWN), HEALTHY)).isEmpty();
        assertThat(at(3, List.of(HEALTHY), UNHEALTHY)).containsExactly(UNHEALTHY);
    }

    private List<Condition> at(long seconds, List<Condition> before, Condition... after) {
        return changes.of(before, List.of(after), NOW.plusSeconds(seconds));
    }

    private static Condition condition(String status, Reason reason) {
        return new ConditionBuilder()
                .withType(reason.condition().name())
                .withStatus(status)
                .withReason(reason.name())
                .withMessage("A sentence.")
                .build();
    }
}
