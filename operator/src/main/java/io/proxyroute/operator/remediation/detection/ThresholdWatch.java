package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Finding.Breach;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Follows one of the user's thresholds, value by value, for as long as the user says: what it keeps does not grow with
 * that time. Used by one thread at a time.
 */
abstract sealed class ThresholdWatch permits ThresholdWatch.OfValue, GrowthWatch {

    /** The whole time must be seen: a hole of more than this many values breaks it. */
    private static final int HOLE_IN_VALUES = 4;

    private final Terms terms;
    private Instant newest;

    /**
     * What a threshold comes to.
     *
     * @param rule the user's
     * @param every how often its signal has a new value
     * @param sustained how long it must be breached
     */
    record Terms(ThresholdRule rule, Duration every, Duration sustained) {}

    ThresholdWatch(Terms terms) {
        this.terms = terms;
    }

    static ThresholdWatch of(Terms terms) {
        return switch (terms.rule().bound()) {
            case Above(double value) -> new OfValue(terms, value);
            case GrowingPerMinute(double units) -> new GrowthWatch(terms, units);
        };
    }

    final Terms terms() {
        return terms;
    }

    /** Takes the next value in the unit of the rule, NaN where it is unknown; one that is not later is dropped. */
    final void take(Instant at, double value) {
        if (newest != null && !at.isAfter(newest)) {
            return;
        }
        boolean hole = newest != null
                && Duration.between(newest, at).compareTo(terms.every().multipliedBy(HOLE_IN_VALUES)) > 0;
        if (hole) {
            startOver();
        }
        newest = at;
        follow(at, value);
    }

    /** What the values up to now come to. */
    abstract Optional<Breach> breach();

    abstract void follow(Instant at, double value);

    abstract void startOver();

    /** Above a value, without a break. */
    static final class OfValue extends ThresholdWatch {

        private final double bound;
        private Instant since;
        private Instant last;
        private double value;

        private OfValue(Terms terms, double bound) {
            super(terms);
            this.bound = bound;
        }

        @Override
        void follow(Instant at, double newValue) {
            if (!(newValue > bound)) {
                since = null;
                return;
            }
            since = since == null ? at : since;
            last = at;
            value = newValue;
        }

        @Override
        void startOver() {
            since = null;
        }

        @Override
        Optional<Breach> breach() {
            if (since == null) {
                return Optional.empty();
            }
            boolean sustained = Duration.between(since, last).compareTo(terms().sustained()) >= 0;
            return Optional.of(new Breach(terms().rule(), value, bound, since, last, sustained));
        }
    }
}
