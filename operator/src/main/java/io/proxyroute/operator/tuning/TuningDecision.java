package io.proxyroute.operator.tuning;

/**
 * The result of evaluating the measurements.
 *
 * @param settings within the bounds; equal to the current ones unless the outcome is {@link Outcome#CHANGED}
 * @param outcome result of the evaluation
 * @param reason explanation with the figures
 */
public record TuningDecision(PoolSettings settings, Outcome outcome, String reason) {

    /** Outcome of an evaluation. */
    public enum Outcome {
        /** Not evaluated, because a run is open. */
        BLOCKED_BY_RUN,
        /** Not evaluated, because exchanges leak. */
        BLOCKED_BY_LEAK,
        /** There are not enough measurements yet. */
        MEASURING,
        /** There was no traffic. */
        IDLE,
        /** The current settings fit. */
        UNCHANGED,
        /** Other settings are better. */
        CHANGED
    }
}
