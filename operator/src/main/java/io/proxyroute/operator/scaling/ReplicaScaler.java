package io.proxyroute.operator.scaling;

import java.time.Instant;
import java.util.List;

/**
 * Decides the number of pods: as many as carry all connections at the wanted number each, within bounds. More come when
 * more were wanted throughout the one window, fewer when fewer were enough throughout the other, as in the Kubernetes
 * HorizontalPodAutoscaler.
 *
 * <p>A pod without a recent sample counts as empty when more pods are thought of, and keeps any from being taken away.
 */
public final class ReplicaScaler {

    private ReplicaScaler() {}

    /**
     * Decides.
     *
     * @param policy what the user wants
     * @param history of the last decision; {@link ScalingHistory#EMPTY} at first
     * @param pods all that serve, detached ones included
     * @param current how many pods are wanted now
     * @param now never before the last decision
     */
    public static ScalingDecision decide(
            ScalingPolicy policy, ScalingHistory history, List<PodLoad> pods, int current, Instant now) {
        if (policy.bounded(current) != current) {
            int bounded = policy.bounded(current);
            return new ScalingDecision(
                    bounded,
                    "%d pods are outside autoscaling.min %d and autoscaling.max %d."
                            .formatted(current, policy.min(), policy.max()),
                    ScalingHistory.beginningWith(now, bounded));
        }
        ScalingHistory known = history.wanted().isEmpty() ? ScalingHistory.beginningWith(now, current) : history;
        long connections = pods.stream()
                .flatMapToInt(pod -> pod.connections().stream())
                .asLongStream()
                .sum();
        long silent = pods.stream().filter(pod -> pod.connections().isEmpty()).count();
        int wanted = wanted(policy, connections, silent > 0 || pods.isEmpty(), current);
        ScalingHistory next = known.and(now, wanted, policy.memory());
        int atLeast = next.over(now, policy.scaleUpStabilization(), Math::min);
        int atMost = next.over(now, policy.scaleDownStabilization(), Math::max);
        int replicas = atLeast > current ? atLeast : Math.min(atMost, current);
        return new ScalingDecision(policy.bounded(replicas), reason(policy, pods, connections, silent, wanted), next);
    }

    private static int wanted(ScalingPolicy policy, long connections, boolean incomplete, int current) {
        double load = (double) connections / ((double) policy.connectionsPerPod() * Math.max(1, current));
        if (Math.abs(load - 1) <= policy.tolerance()) {
            return current;
        }
        int enough = policy.bounded(Math.ceilDiv(connections, policy.connectionsPerPod()));
        return incomplete ? Math.max(enough, current) : enough;
    }

    private static String reason(ScalingPolicy policy, List<PodLoad> pods, long connections, long silent, int wanted) {
        if (pods.isEmpty()) {
            return "No pod serves yet.";
        }
        String unknown = silent == 0 ? "" : " (%d of them without a recent sample)".formatted(silent);
        return "%d connections on %s%s at %d for each want %s."
                .formatted(connections, pods(pods.size()), unknown, policy.connectionsPerPod(), pods(wanted));
    }

    private static String pods(int number) {
        return number == 1 ? "1 pod" : number + " pods";
    }
}
