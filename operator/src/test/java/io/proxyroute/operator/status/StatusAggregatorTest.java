package io.proxyroute.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.status.StatusInput.Health;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatusAggregatorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final PodState CURRENT = new PodState("a", true, true, true, "");
    private static final PodState BEHIND = new PodState("b", true, true, false, "");
    private static final PodState JUST_READY = new PodState("c", true, false, false, "");
    private static final PodState STARTING = new PodState("d", false, false, false, "");

    private static final Rollout DONE = new Rollout(Rollout.State.DONE, "");
    private static final StatusInput.Facts FACTS =
            new StatusInput.Facts("", "proxyroute.io/route=web", "proxy:1", List.of());

    @Test
    void equalInputGivesEqualStatusLater() {
        ProxyRouteStatus first = StatusAggregator.status(null, input(CURRENT), NOW);

        assertThat(StatusAggregator.status(first, input(CURRENT), NOW.plus(Duration.ofHours(1))))
                .isEqualTo(first);
    }

    @Test
    void transitionTimeChangesOnlyWithStatus() {
        ProxyRouteStatus first = StatusAggregator.status(null, input(CURRENT, CURRENT), NOW);
        Instant later = NOW.plusSeconds(60);
        ProxyRouteStatus second = StatusAggregator.status(first, input(CURRENT, BEHIND), later);
        ProxyRouteStatus third = StatusAggregator.status(second, input(BEHIND, BEHIND), later.plusSeconds(60));

        assertThat(condition(second, "Programmed").getLastTransitionTime()).isEqualTo(later.toString());
        assertThat(condition(second, "Accepted").getLastTransitionTime()).isEqualTo(NOW.toString());
        assertThat(condition(third, "Programmed").getMessage())
                .isNotEqualTo(condition(second, "Programmed").getMessage());
        assertThat(condition(third, "Programmed").getLastTransitionTime()).isEqualTo(later.toString());
    }

    @Nested
    class Programmed {

        @Test
        void programmedNeedsEveryReadyPodAndAtLeastOne() {
            assertThat(programmed(CURRENT, CURRENT)).isEqualTo("True Programmed");
            assertThat(programmed(CURRENT, STARTING)).isEqualTo("True Programmed");
            assertThat(programmed(CURRENT, JUST_READY)).isEqualTo("True Programmed");
            assertThat(programmed(CURRENT, BEHIND)).isEqualTo("False Pending");
            assertThat(programmed(JUST_READY)).isEqualTo("False Pending");
            assertThat(programmed(STARTING)).isEqualTo("False NoReadyPods");
            assertThat(programmed()).isEqualTo("False NoReadyPods");
        }

        @Test
        void reportsWhyPodCannotBeReached() {
            PodState silent = new PodState("e", true, true, false, "e cannot be reached: connection refused");

            assertThat(condition(StatusAggregator.status(null, input(CURRENT, silent), NOW), "Programmed")
                            .getMessage())
                    .isEqualTo("1 of 2 ready pods have not acknowledged the configuration yet: e. e cannot be reached:"
                            + " connection refused.");
            assertThat(condition(StatusAggregator.status(null, input(silent), NOW), "Programmed")
                            .getMessage())
                    .endsWith("yet. e cannot be reached: connection refused.");
        }
    }

    @Nested
    class Readiness {

        @Test
        void acceptedProgrammedAndAvailableIsReady() {
            assertThat(readiness(input(CURRENT))).containsExactly("Ready True Ready");
        }

        @Test
        void rolloutIsReconciling() {
            Rollout underWay = new Rollout(Rollout.State.UNDER_WAY, "");

            assertThat(readiness(input(underWay, 1, CURRENT)))
                    .containsExactly("Ready False RollingOut", "Reconciling True RollingOut");
            assertThat(readiness(input(underWay, 1, STARTING)))
                    .containsExactly("Ready False NoReadyPods", "Reconciling True NoReadyPods");
        }

        @Test
        void oldPodsThatServeDoNotHideStuckRollout() {
            Rollout stuck = new Rollout(Rollout.State.UNDER_WAY, "Pod d is in ErrImagePull: not found.");
            ProxyRouteStatus status = StatusAggregator.status(null, input(stuck, 2, CURRENT, CURRENT, STARTING), NOW);

            assertThat(statusAndReason(status, "Programmed")).isEqualTo("False RolloutStuck");
            assertThat(condition(status, "Programmed").getMessage()).isEqualTo("Pod d is in ErrImagePull: not found.");
            assertThat(statusAndReason(status, "Available")).isEqualTo("True Available");
            assertThat(readiness(input(stuck, 2, CURRENT, CURRENT, STARTING)))
                    .containsExactly("Ready False RolloutStuck", "Reconciling True RolloutStuck");
        }

        @Test
        void overdueRolloutIsStalled() {
            assertThat(readiness(input(new Rollout(Rollout.State.OVERDUE, ""), 1, CURRENT)))
                    .containsExactly("Ready False RolloutStuck", "Stalled True RolloutStuck");
        }

        @Test
        void routeScaledToZeroIsReady() {
            assertThat(readiness(input(DONE, 0))).containsExactly("Ready True ScaledToZero");
        }

        @Test
        void crashedPodIsNamedWhenTooFewAreReady() {
            Rollout crashed = new Rollout(Rollout.State.DONE, "Pod d is in CrashLoopBackOff.");
            StatusInput input = input(crashed, 2, STARTING);

            assertThat(condition(StatusAggregator.status(null, input, NOW), "Available")
                            .getMessage())
                    .isEqualTo("0 of 2 desired pods are ready. Pod d is in CrashLoopBackOff.");
        }

        private static List<String> readiness(StatusInput input) {
            return StatusAggregator.status(null, input, NOW).conditions().stream()
                    .filter(condition ->
                            List.of("Ready", "Reconciling", "Stalled").contains(condition.getType()))
                    .map(condition -> condition.getType() + " " + condition.getStatus() + " " + condition.getReason())
                    .toList();
        }
    }

    @Test
    void problemsOnlyAffectTheirOwnCondition() {
        ProxyRouteStatus status = StatusAggregator.status(
                null,
                new StatusInput(
                        4,
                        List.of(
                                new Problem(Reason.BackendNotFound, "spec.rules[0].backendRefs[0]", "Not there."),
                                new Problem(Reason.RefNotPermitted, "spec.rules[0].backendRefs[1]", "Not allowed.")),
                        "abc",
                        1,
                        1,
                        List.of(CURRENT),
                        DONE,
                        new Health.Healthy("Fine."),
                        FACTS,
                        null,
                        null),
                NOW);

        assertThat(statusAndReason(status, "Accepted")).isEqualTo("True Accepted");
        assertThat(statusAndReason(status, "ResolvedRefs")).isEqualTo("False BackendNotFound");
        assertThat(condition(status, "ResolvedRefs").getMessage())
                .isEqualTo("spec.rules[0].backendRefs[0]: Not there. spec.rules[0].backendRefs[1]: Not allowed.");
        assertThat(status.conditions()).allSatisfy(condition -> assertThat(condition.getObservedGeneration())
                .isEqualTo(4));
    }

    @Test
    void invalidSpecIsNeverProgrammed() {
        assertThat(programmedDespite(Reason.InvalidSpec, CURRENT)).isEqualTo("False LastValidServed");
        assertThat(programmedDespite(Reason.BackendNotFound, CURRENT, CURRENT))
                .as("other rules are served")
                .isEqualTo("True Programmed");
        assertThat(programmedDespite(Reason.RejectedByProxy, CURRENT, BEHIND)).isEqualTo("False Pending");
        assertThat(programmedDespite(Reason.InvalidSpec, STARTING)).isEqualTo("False NoReadyPods");
    }

    @Test
    void unreadableSpecKeepsEarlierStatus() {
        ProxyRouteStatus before = StatusAggregator.status(null, input(CURRENT), NOW);
        Problem problem = new Problem(Reason.InvalidSpec, "spec.proxy", "cannot be read: no.");

        ProxyRouteStatus after = StatusAggregator.unreadable(before, 2, problem, NOW.plusSeconds(60));

        assertThat(statusAndReason(after, "Accepted")).isEqualTo("False InvalidSpec");
        assertThat(condition(after, "Accepted").getMessage()).isEqualTo("spec.proxy: cannot be read: no.");
        assertThat(condition(after, "Accepted").getObservedGeneration()).isEqualTo(2);
        assertThat(condition(after, "Programmed")).isEqualTo(condition(before, "Programmed"));
        assertThat(statusAndReason(after, "Ready")).isEqualTo("False InvalidSpec");
        assertThat(statusAndReason(after, "Stalled")).isEqualTo("True InvalidSpec");
        assertThat(after.conditions()).hasSize(before.conditions().size() + 1);
        assertThat(after.observedGeneration()).isEqualTo(2);
        assertThat(after.configHash()).isEqualTo("abc");
        assertThat(StatusAggregator.unreadable(after, 2, problem, NOW.plusSeconds(120)))
                .isEqualTo(after);
        assertThat(statusAndReason(StatusAggregator.unreadable(null, 1, problem, NOW), "Accepted"))
                .isEqualTo("False InvalidSpec");
    }

    @Test
    void healthyIsUnknownWithoutSamples() {
        assertThat(healthy(new Health.Healthy("Fine."))).isEqualTo("True Healthy");
        assertThat(healthy(new Health.Unhealthy("It leaks."))).isEqualTo("False Unhealthy");
        assertThat(healthy(new Health.Unknown("No sample."))).isEqualTo("Unknown Unknown");
        assertThat(healthy(new Health.NotObserved())).isEqualTo("Unknown NotObserved");
    }

    @Test
    void countsPodsAndReadyPods() {
        ProxyRouteStatus status = StatusAggregator.status(null, input(CURRENT, BEHIND, STARTING), NOW);

        assertThat(status.replicas()).isEqualTo(3);
        assertThat(status.readyReplicas()).isEqualTo(2);
        assertThat(status.configHash()).isEqualTo("abc");
    }

    @Test
    void truncatesLongMessages() {
        Problem endless = new Problem(Reason.InvalidSpec, "", "x".repeat(5000));
        ProxyRouteStatus status = StatusAggregator.status(
                null,
                new StatusInput(
                        1, List.of(endless), null, 1, 1, List.of(), DONE, new Health.NotObserved(), FACTS, null, null),
                NOW);

        assertThat(condition(status, "Accepted").getMessage()).hasSize(1024);
        assertThat(statusAndReason(status, "Programmed")).isEqualTo("False NoConfiguration");
    }

    private static String programmed(PodState... pods) {
        return statusAndReason(StatusAggregator.status(null, input(pods), NOW), "Programmed");
    }

    private static String programmedDespite(Reason reason, PodState... pods) {
        StatusInput input = new StatusInput(
                2,
                List.of(new Problem(reason, "", "No.")),
                "abc",
                pods.length,
                1,
                List.of(pods),
                DONE,
                new Health.Healthy("Fine."),
                FACTS,
                null,
                null);
        return statusAndReason(StatusAggregator.status(null, input, NOW), "Programmed");
    }

    private static String healthy(Health health) {
        StatusInput input =
                new StatusInput(1, List.of(), "abc", 1, 1, List.of(CURRENT), DONE, health, FACTS, null, null);
        return statusAndReason(StatusAggregator.status(null, input, NOW), "Healthy");
    }

    private static StatusInput input(PodState... pods) {
        return input(DONE, pods.length, pods);
    }

    private static StatusInput input(Rollout rollout, int desired, PodState... pods) {
        return new StatusInput(
                1,
                List.of(),
                "abc",
                desired,
                1,
                List.of(pods),
                rollout,
                new Health.Healthy("Fine."),
                FACTS,
                null,
                null);
    }

    private static String statusAndReason(ProxyRouteStatus status, String type) {
        Condition condition = condition(status, type);
        return condition.getStatus() + " " + condition.getReason();
    }

    private static Condition condition(ProxyRouteStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
