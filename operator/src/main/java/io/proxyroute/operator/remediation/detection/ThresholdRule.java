package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/**
 * A threshold set by the user. Heap, live set and pool use are compared in percent of their limits, all other signals
 * by their value.
 *
 * @param name shown in messages
 * @param signal measured signal
 * @param bound bound that the signal must not exceed
 * @param sustained uninterrupted duration that makes it a breach
 * @param action strongest action that a breach leads to
 */
public record ThresholdRule(String name, Signal signal, Bound bound, Duration sustained, Action action) {

    /** The bound of a threshold. */
    public sealed interface Bound {}

    /**
     * Above a value.
     *
     * @param value value in the unit of the rule
     */
    public record Above(double value) implements Bound {}

    /**
     * Growth.
     *
     * @param units rate in the unit of the rule, per minute
     */
    public record GrowingPerMinute(double units) implements Bound {}

    /** Actions after a breach, weakest first. */
    public enum Action {
        /** The breach is reported. */
        OBSERVE,
        /** Evidence is also collected. */
        RECOMMEND,
        /** The pod is replaced. */
        REPLACE
    }

    /** The unit of values and bounds. */
    String unit() {
        return isShare() ? "%" : signal.unit();
    }

    /** A value of the signal in the unit of this rule; NaN if it or its limit is unknown. */
    double inUnit(double value, double limit) {
        return isShare() ? 100 * value / limit : value;
    }

    private boolean isShare() {
        return signal == Signal.HEAP || signal == Signal.LIVE_SET || signal == Signal.POOL_IN_USE;
    }
}
