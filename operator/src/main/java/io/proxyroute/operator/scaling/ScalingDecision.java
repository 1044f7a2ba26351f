package io.proxyroute.operator.scaling;

/**
 * How many pods there should be.
 *
 * @param replicas the number; the present one when nothing is to change
 * @param reason one sentence with the figures
 * @param history to be handed in next time
 */
public record ScalingDecision(int replicas, String reason, ScalingHistory history) {}
