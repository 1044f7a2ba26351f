package io.proxyroute.operator.tuning;

/**
 * What the measurements speak for.
 *
 * @param settings within the bounds; those in force unless the verdict is {@link Verdict#BETTER}
 * @param verdict in one word
 * @param reason why, in sentences with the figures
 */
public record TuningDecision(PoolSettings settings, Verdict verdict, String reason) {

    /** What came of looking at the measurements. */
    public enum Verdict {
        /** Not looked at: a pod is being remediated. */
        HELD_BY_RUN,
        /** Not looked at: exchanges leak. */
        HELD_BY_LEAK,
        /** There are not enough measurements yet. */
        MEASURING,
        /** There was no traffic. */
        IDLE,
        /** The settings in force fit. */
        FITTING,
        /** Others are better. */
        BETTER
    }
}
