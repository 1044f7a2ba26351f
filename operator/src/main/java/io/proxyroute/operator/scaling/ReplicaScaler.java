package io.proxyroute.operator.scaling;

import java.time.Instant;
import java.util.List;

/**
 * Decides the number of pods: as many as needed to carry all connections at the target per pod, within bounds. Pods are
 * added if more were recommended throughout the scale-up window, and removed if fewer were recommended throughout the
 * scale-down window, as in the Kubernetes HorizontalPodAutoscaler.
 *
 * <p>A pod without a recent sample counts as idle when pods are added, and prevents pods from being removed.
 */
public final class ReplicaScaler {

    private ReplicaScaler() {}

    /**
     * Decides the number of pods.
     *
     * @param policy the user's settings
     * @param history history of the previous decision; {@link ScalingHistory#EMPTY} at first
     * @param pods all serving pods, including detached ones
     * @param current the current desired number of pods
     * @param now not before the previous decision
     */
    public static ScalingDecision decide(
            ScalingPolicy policy, ScalingHistory history, List<PodLoad> pods, int current, Instant now) {
        if (policy.bounded(current) != current) {
            int bounded = policy.bounded(current);
            return new ScalingDecision(
                    bounded,
                    "The number of pods, %d, is outside autoscaling.min %d and autoscaling.max %d."
                            .formatted(current, policy.min(), policy.max()),
                    ScalingHistory.startingWith(now, bounded));
        }
        ScalingHistory known =
                history.recommendations().isEmpty() ? ScalingHistory.startingWith(now, current) : history;
        long connections = pods.stream()
                .flatMapToInt(pod -> pod.connections().stream())
                .asLongStream()
                .sum();
        long unknown = pods.stream().filter(pod -> pod.connections().isEmpty()).count();
        int recommended = recommend(policy, connections, unknown > 0 || pods.isEmpty(), current);
        ScalingHistory next = known.with(now, recommended, policy.retention());
        int atLeast = next.fold(now, policy.scaleUpStabilization(), Math::min);
        int atMost = next.fold(now, policy.scaleDownStabilization(), Math::max);
        int replicas = atLeast > current ? atLeast : Math.min(atMost, current);
        return new ScalingDecision(
                policy.bounded(replicas), reason(policy, pods, connections, unknown, recommended), next);
    }

    private static int recommend(ScalingPolicy policy, long connections, boolean incomplete, int current) {
        double load = (double) connections / ((double) policy.connectionsPerPod() * Math.max(1, current));
        if (Math.abs(load - 1) <= policy.tolerance()) {
            return current;
        }
        int enough = policy.bounded(Math.ceilDiv(connections, policy.connectionsPerPod()));
        return incomplete ? Math.max(enough, current) : enough;
    }

    private static String reason(
            ScalingPolicy policy, List<PodLoad> pods, long connections, long unknown, int recommended) {
        if (pods.isEmpty()) {
            return "No pod is serving yet.";
        }
        String suffix = unknown == 0 ? "" : " (%d of them without a recent sample)".formatted(unknown);
        return "%d connections on %s%s at a target of %d per pod need %s."
                .formatted(connections, pods(pods.size()), suffix, policy.connectionsPerPod(), pods(recommended));
    }

    private static String pods(int number) {
        return number == 1 ? "1 pod" : number + " pods";
    }
}
