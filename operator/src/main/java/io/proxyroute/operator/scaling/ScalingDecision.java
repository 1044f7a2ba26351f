package io.proxyroute.operator.scaling;

/**
 * The desired number of pods.
 *
 * @param replicas equal to the current number if nothing changes
 * @param reason one sentence with the figures
 * @param history history to pass to the next decision
 */
public record ScalingDecision(int replicas, String reason, ScalingHistory history) {}
