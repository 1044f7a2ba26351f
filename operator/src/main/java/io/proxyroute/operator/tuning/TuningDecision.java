package io.proxyroute.operator.tuning;

/**
 * What the measurements speak for.
 *
 * @param settings within the bounds; those in force unless the outcome is {@link Outcome#CHANGED}
 * @param outcome in one word
 * @param reason why, in sentences with the figures
 */
public record TuningDecision(PoolSettings settings, Outcome outcome, String reason) {

    /** What came of looking at the measurements. */
    public enum Outcome {
        /** Not looked at: a pod is being remediated. */
        BLOCKED_BY_RUN,
        /** Not looked at: exchanges leak. */
        BLOCKED_BY_LEAK,
        /** There are not enough measurements yet. */
        MEASURING,
        /** There was no traffic. */
        IDLE,
        /** The settings in force fit. */
        UNCHANGED,
        /** Others are better. */
        CHANGED
    }
}
