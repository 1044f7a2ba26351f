package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.status.StatusInput.Health;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Computes a route's status. Pure: equal inputs and an equal previous status give an equal status. */
public final class StatusAggregator {

    private StatusAggregator() {}

    /**
     * Computes the status.
     *
     * @param before the status written last, or null
     */
    public static ProxyRouteStatus status(ProxyRouteStatus before, StatusInput input, Instant now) {
        Conditions conditions =
                new Conditions(before == null ? List.of() : before.conditions(), input.generation(), now);
        long ready = input.pods().stream().filter(PodState::ready).count();
        return new ProxyRouteStatus(
                List.of(
                        accepted(conditions, input),
                        resolvedRefs(conditions, input),
                        programmed(conditions, input),
                        available(conditions, input, ready),
                        healthy(conditions, input.health())),
                input.generation(),
                input.pods().size(),
                (int) ready,
                input.selector(),
                input.configHash(),
                input.tuning(),
                input.remediation());
    }

    /**
     * The status of a route whose spec this operator cannot parse: only the condition of the problem changes, and
     * everything else remains as observed for an earlier generation.
     *
     * @param before the status written last, or null
     */
    public static ProxyRouteStatus unreadable(ProxyRouteStatus before, long generation, Problem problem, Instant now) {
        ProxyRouteStatus known =
                before != null ? before : new ProxyRouteStatus(null, null, null, null, null, null, null, null);
        Conditions conditions = new Conditions(known.conditions(), generation, now);
        return new ProxyRouteStatus(
                Stream.concat(
                                Stream.of(conditions.isFalse(problem.reason(), problem.toString())),
                                known.conditions().stream().filter(condition -> !condition
                                        .getType()
                                        .equals(problem.reason().condition().name())))
                        .toList(),
                generation,
                known.replicas(),
                known.readyReplicas(),
                known.selector(),
                known.configHash(),
                known.tuning(),
                known.remediation());
    }

    private static Condition accepted(Conditions conditions, StatusInput input) {
        List<Problem> problems = problems(input, ConditionType.Accepted);
        return problems.isEmpty()
                ? conditions.isTrue(Reason.Accepted, "The spec is valid.")
                : conditions.isFalse(problems.getFirst().reason(), message(problems, input));
    }

    private static Condition resolvedRefs(Conditions conditions, StatusInput input) {
        List<Problem> problems = problems(input, ConditionType.ResolvedRefs);
        return problems.isEmpty()
                ? conditions.isTrue(Reason.ResolvedRefs, "Every backend is resolved.")
                : conditions.isFalse(problems.getFirst().reason(), message(problems, input));
    }

    private static Condition programmed(Conditions conditions, StatusInput input) {
        if (input.configHash() == null) {
            return conditions.isFalse(
                    Reason.NoConfiguration,
                    "No pod was started because the spec has never been valid; see Accepted and ResolvedRefs.");
        }
        List<PodState> ready = input.pods().stream().filter(PodState::ready).toList();
        List<String> behind = ready.stream()
                .filter(pod -> pod.settled() && !pod.current())
                .map(PodState::name)
                .sorted()
                .toList();
        if (ready.stream().noneMatch(PodState::current)) {
            return ready.isEmpty()
                    ? conditions.isFalse(Reason.NoReadyPods, "No pod is ready.")
                    : conditions.isFalse(
                            Reason.Pending,
                            "No ready pod has acknowledged the configuration yet." + unreachableReason(ready));
        }
        if (!behind.isEmpty()) {
            return conditions.isFalse(
                    Reason.Pending,
                    "%d of %d ready pods have not acknowledged the configuration yet: %s."
                                    .formatted(
                                            behind.size(),
                                            ready.size(),
                                            behind.stream().limit(3).collect(Collectors.joining(", ")))
                            + unreachableReason(ready));
        }
        return input.problems().isEmpty()
                ? conditions.isTrue(Reason.Programmed, "Every ready pod serves the current spec.")
                : conditions.isFalse(
                        Reason.LastValidServed,
                        "Every ready pod serves the last valid configuration, because the current spec is invalid; see"
                                + " Accepted and ResolvedRefs.");
    }

    /** The reason of the first unreachable pod, as a sentence to append; empty if all pods respond. */
    private static String unreachableReason(List<PodState> pods) {
        return pods.stream()
                .filter(pod -> pod.settled() && !pod.unreachableReason().isEmpty())
                .min(Comparator.comparing(PodState::name))
                .map(pod -> " " + pod.unreachableReason() + ".")
                .orElse("");
    }

    private static Condition available(Conditions conditions, StatusInput input, long ready) {
        if (input.desiredReplicas() == 0) {
            return conditions.isFalse(Reason.ScaledToZero, "The desired number of pods is 0.");
        }
        String message = "%d of %d desired pods are ready.".formatted(ready, input.desiredReplicas());
        return ready >= Math.max(1, input.minReady())
                ? conditions.isTrue(Reason.Available, message)
                : conditions.isFalse(Reason.TooFewReadyPods, message);
    }

    private static Condition healthy(Conditions conditions, Health health) {
        return switch (health) {
            case Health.Healthy good -> conditions.isTrue(Reason.Healthy, good.message());
            case Health.Unhealthy bad -> conditions.isFalse(Reason.Unhealthy, bad.message());
            case Health.Unknown unclear -> conditions.isUnknown(Reason.Unknown, unclear.message());
            case Health.NotObserved _ ->
                conditions.isUnknown(
                        Reason.NotObserved, "spec.remediation.mode is Disabled: pod health is not evaluated.");
        };
    }

    private static List<Problem> problems(StatusInput input, ConditionType type) {
        return input.problems().stream()
                .filter(problem -> problem.reason().condition() == type)
                .toList();
    }

    private static String message(List<Problem> problems, StatusInput input) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining(" "))
                + (input.configHash() == null ? "" : " The last valid configuration stays in use.");
    }
}
