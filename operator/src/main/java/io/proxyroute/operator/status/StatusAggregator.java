package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.status.StatusInput.Health;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
        Condition accepted = accepted(conditions, input);
        Condition programmed = programmed(conditions, input);
        Condition available = available(conditions, input, ready);
        return new ProxyRouteStatus(
                Stream.concat(
                                readiness(conditions, input, List.of(accepted, programmed, available)),
                                Stream.of(
                                        accepted,
                                        resolvedRefs(conditions, input),
                                        programmed,
                                        available,
                                        healthy(conditions, input.health())))
                        .toList(),
                input.generation(),
                input.pods().size(),
                (int) ready,
                input.facts().selector(),
                input.facts().proxyImage(),
                input.facts().addresses(),
                input.configHash(),
                input.tuning(),
                input.remediation());
    }

    /**
     * The summary for tools. A route without pods is ready if that is what its spec says.
     *
     * @param needed conditions that must be True
     * @see <a href="https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md">kstatus</a>
     */
    private static Stream<Condition> readiness(Conditions conditions, StatusInput input, List<Condition> needed) {
        Condition accepted = needed.getFirst();
        Condition available = needed.getLast();
        if (available.getReason().equals(Reason.ScaledToZero.name()) && isTrue(accepted)) {
            return Stream.of(conditions.copy(ConditionType.Ready, "True", available));
        }
        Optional<Condition> missing =
                needed.stream().filter(condition -> !isTrue(condition)).findFirst();
        if (missing.isEmpty()) {
            return Stream.of(conditions.isTrue(Reason.Ready, "The route is accepted, programmed and available."));
        }
        boolean stalled = !isTrue(accepted) || input.rollout().state() == Rollout.State.OVERDUE;
        return Stream.of(
                conditions.copy(ConditionType.Ready, "False", missing.get()),
                conditions.copy(stalled ? ConditionType.Stalled : ConditionType.Reconciling, "True", missing.get()));
    }

    private static boolean isTrue(Condition condition) {
        return condition.getStatus().equals("True");
    }

    /**
     * The status of a route whose spec this operator cannot parse: only the condition of the problem and the summary change, and
     * everything else remains as observed for an earlier generation.
     *
     * @param before the status written last, or null
     */
    public static ProxyRouteStatus unreadable(ProxyRouteStatus before, long generation, Problem problem, Instant now) {
        ProxyRouteStatus known = before != null ? before : ProxyRouteStatus.EMPTY;
        Conditions conditions = new Conditions(known.conditions(), generation, now);
        Condition unreadable = conditions.isFalse(problem.reason(), problem.toString());
        List<Condition> changed = List.of(
                conditions.copy(ConditionType.Ready, "False", unreadable),
                conditions.copy(ConditionType.Stalled, "True", unreadable),
                unreadable);
        return new ProxyRouteStatus(
                Stream.concat(
                                changed.stream(),
                                known.conditions().stream()
                                        .filter(condition ->
                                                !condition.getType().equals(ConditionType.Reconciling.name())
                                                        && changed.stream().noneMatch(other -> other.getType()
                                                                .equals(condition.getType()))))
                        .toList(),
                generation,
                known.replicas(),
                known.readyReplicas(),
                known.selector(),
                known.proxyImage(),
                known.addresses(),
                known.configHash(),
                known.tuning(),
                known.remediation());
    }

    private static Condition accepted(Conditions conditions, StatusInput input) {
        List<Problem> problems = problems(input, ConditionType.Accepted);
        return problems.isEmpty()
                ? conditions.isTrue(Reason.Accepted, "The spec is valid.")
                : conditions.isFalse(
                        problems.getFirst().reason(),
                        sentences(
                                message(problems),
                                input.configHash() == null ? "" : "The last valid configuration stays in use."));
    }

    private static Condition resolvedRefs(Conditions conditions, StatusInput input) {
        List<Problem> problems = problems(input, ConditionType.ResolvedRefs);
        return problems.isEmpty()
                ? conditions.isTrue(
                        Reason.ResolvedRefs,
                        sentences("Every backend is resolved.", input.facts().backends()))
                : conditions.isFalse(problems.getFirst().reason(), message(problems));
    }

    private static Condition programmed(Conditions conditions, StatusInput input) {
        if (input.configHash() == null) {
            return conditions.isFalse(
                    Reason.NoConfiguration, "No pod was started because the spec has never been valid; see Accepted.");
        }
        Rollout rollout = input.rollout();
        if (isStuck(rollout)) {
            return conditions.isFalse(
                    Reason.RolloutStuck,
                    rollout.trouble().isEmpty()
                            ? "The pods of the current revision do not become ready in time."
                            : rollout.trouble());
        }
        List<PodState> ready = input.pods().stream().filter(PodState::ready).toList();
        List<String> behind = ready.stream()
                .filter(pod -> pod.settled() && !pod.current())
                .map(PodState::name)
                .sorted()
                .toList();
        if (ready.stream().noneMatch(PodState::current)) {
            return ready.isEmpty()
                    ? conditions.isFalse(Reason.NoReadyPods, sentences("No pod is ready.", rollout.trouble()))
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
        if (!problems(input, ConditionType.Accepted).isEmpty()) {
            return conditions.isFalse(
                    Reason.LastValidServed,
                    "Every ready pod serves the last valid configuration, because the current spec is not served; see"
                            + " Accepted.");
        }
        return rollout.state() == Rollout.State.DONE
                ? conditions.isTrue(Reason.Programmed, "Every ready pod serves the current spec.")
                : conditions.isFalse(
                        Reason.RollingOut,
                        "Pods of an older revision are left, or those of the current one are not ready yet.");
    }

    private static boolean isStuck(Rollout rollout) {
        return rollout.state() == Rollout.State.OVERDUE
                || rollout.state() == Rollout.State.UNDER_WAY
                        && !rollout.trouble().isEmpty();
    }

    private static String sentences(String first, String second) {
        return second.isEmpty() ? first : first + " " + second;
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
                : conditions.isFalse(
                        Reason.TooFewReadyPods,
                        sentences(message, input.rollout().trouble()));
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

    private static String message(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining(" "));
    }
}
