package io.proxyroute.operator.tuning;

/**
 * What the measurements speak for.
 *
 * @param settings within the bounds; those in force when nothing is to change
 * @param reason why, in sentences with the figures
 */
public record TuningDecision(PoolSettings settings, String reason) {}
