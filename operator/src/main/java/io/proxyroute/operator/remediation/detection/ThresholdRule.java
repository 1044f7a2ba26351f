package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/**
 * A threshold of the user's, honoured as written. Heap, live set and pool use are judged in percent of their limits,
 * everything else by number.
 *
 * @param name for people
 * @param signal what is watched
 * @param bound what it must not do
 * @param sustained for how long without interruption it must do it all the same
 * @param action the most that follows
 */
public record ThresholdRule(String name, Signal signal, Bound bound, Duration sustained, Action action) {

    /** What a threshold says. */
    public sealed interface Bound {}

    /**
     * Above a value.
     *
     * @param value in the unit of the rule
     */
    public record Above(double value) implements Bound {}

    /**
     * Growing.
     *
     * @param units in the unit of the rule, a minute
     */
    public record GrowingPerMinute(double units) implements Bound {}

    /** The most that a breach leads to, from least to most. */
    public enum Action {
        /** It is told. */
        OBSERVE,
        /** Evidence is collected too. */
        RECOMMEND,
        /** The pod is replaced. */
        REPLACE
    }

    /** The unit of values and bounds. */
    String unit() {
        return isShare() ? "%" : signal.unit();
    }

    /** A value of the signal in the unit of this rule; NaN where it or the limit that it is a share of is unknown. */
    double inUnit(double value, double limit) {
        return isShare() ? 100 * value / limit : value;
    }

    private boolean isShare() {
        return signal == Signal.HEAP || signal == Signal.LIVE_SET || signal == Signal.POOL_IN_USE;
    }
}
