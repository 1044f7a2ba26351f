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

/** Computes a route's status. Pure: equal facts on an equal status give an equal status. */
public final class StatusAggregator {

    private StatusAggregator() {}

    /**
     * The status that the facts call for.
     *
     * @param before what was written last; null for nothing
     */
    public static ProxyRouteStatus status(ProxyRouteStatus before, StatusInput facts, Instant now) {
        Conditions conditions =
                new Conditions(before == null ? List.of() : before.conditions(), facts.generation(), now);
        long ready = facts.pods().stream().filter(PodState::ready).count();
        return new ProxyRouteStatus(
                List.of(
                        accepted(conditions, facts),
                        resolvedRefs(conditions, facts),
                        programmed(conditions, facts),
                        available(conditions, facts, ready),
                        healthy(conditions, facts.health())),
                facts.generation(),
                facts.pods().size(),
                (int) ready,
                facts.selector(),
                facts.servedHash(),
                facts.tuning(),
                facts.remediation());
    }

    /**
     * The status of a route whose spec this operator cannot even read: nothing is known but that, and all the rest stays
     * as it was found for an earlier generation.
     *
     * @param before what was written last; null for nothing
     */
    public static ProxyRouteStatus unreadable(ProxyRouteStatus before, long generation, Problem problem, Instant now) {
        ProxyRouteStatus known =
                before != null ? before : new ProxyRouteStatus(null, null, null, null, null, null, null, null);
        Conditions conditions = new Conditions(known.conditions(), generation, now);
        return new ProxyRouteStatus(
                Stream.concat(
                                Stream.of(conditions.fails(problem.reason(), problem.toString())),
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

    private static Condition accepted(Conditions conditions, StatusInput facts) {
        List<Problem> problems = problems(facts, ConditionType.Accepted);
        return problems.isEmpty()
                ? conditions.holds(Reason.Accepted, "The spec can be served.")
                : conditions.fails(problems.getFirst().reason(), sentence(problems, facts));
    }

    private static Condition resolvedRefs(Conditions conditions, StatusInput facts) {
        List<Problem> problems = problems(facts, ConditionType.ResolvedRefs);
        return problems.isEmpty()
                ? conditions.holds(Reason.ResolvedRefs, "Every backend was found.")
                : conditions.fails(problems.getFirst().reason(), sentence(problems, facts));
    }

    private static Condition programmed(Conditions conditions, StatusInput facts) {
        if (facts.servedHash() == null) {
            return conditions.fails(
                    Reason.NoConfiguration, "No pod was started, since the spec has never been servable.");
        }
        List<PodState> ready = facts.pods().stream().filter(PodState::ready).toList();
        List<String> behind = ready.stream()
                .filter(pod -> pod.settled() && !pod.current())
                .map(PodState::name)
                .sorted()
                .toList();
        if (ready.stream().noneMatch(PodState::current)) {
            return ready.isEmpty()
                    ? conditions.fails(Reason.NoReadyPods, "No pod is ready.")
                    : conditions.fails(
                            Reason.Pending, "No ready pod has acknowledged the configuration yet." + silence(ready));
        }
        if (!behind.isEmpty()) {
            return conditions.fails(
                    Reason.Pending,
                    "%d of %d ready pods have yet to acknowledge the configuration: %s."
                                    .formatted(
                                            behind.size(),
                                            ready.size(),
                                            behind.stream().limit(3).collect(Collectors.joining(", ")))
                            + silence(ready));
        }
        return facts.problems().isEmpty()
                ? conditions.holds(Reason.Programmed, "Every ready pod serves the spec as it stands.")
                : conditions.fails(
                        Reason.LastValidServed,
                        "Every ready pod serves the last good configuration, since the spec as it stands cannot be"
                                + " served; Accepted and ResolvedRefs say why.");
    }

    /** Why the first of the pods that do not answer is silent, as a sentence to append. */
    private static String silence(List<PodState> pods) {
        return pods.stream()
                .filter(pod -> pod.settled() && !pod.silentBecause().isEmpty())
                .min(Comparator.comparing(PodState::name))
                .map(pod -> " " + pod.silentBecause() + ".")
                .orElse("");
    }

    private static Condition available(Conditions conditions, StatusInput facts, long ready) {
        if (facts.wantedReplicas() == 0) {
            return conditions.fails(Reason.ScaledToZero, "No pod is wanted.");
        }
        String message = "%d of %d wanted pods are ready.".formatted(ready, facts.wantedReplicas());
        return ready >= Math.max(1, facts.minReady())
                ? conditions.holds(Reason.Available, message)
                : conditions.fails(Reason.TooFewReadyPods, message);
    }

    private static Condition healthy(Conditions conditions, Health health) {
        return switch (health) {
            case Health.Healthy good -> conditions.holds(Reason.Healthy, good.message());
            case Health.Unhealthy bad -> conditions.fails(Reason.Unhealthy, bad.message());
            case Health.Unknown unclear -> conditions.unknown(Reason.Unknown, unclear.message());
            case Health.NotObserved _ ->
                conditions.unknown(
                        Reason.NotObserved, "spec.remediation.mode is Disabled: pod health is not evaluated.");
        };
    }

    private static List<Problem> problems(StatusInput facts, ConditionType type) {
        return facts.problems().stream()
                .filter(problem -> problem.reason().condition() == type)
                .toList();
    }

    private static String sentence(List<Problem> problems, StatusInput facts) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining(" "))
                + (facts.servedHash() == null ? "" : " The last good configuration is served meanwhile.");
    }
}
