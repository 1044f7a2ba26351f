package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Finding.Breach;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Follows one threshold of the user, value by value. Its memory does not grow with the duration of the threshold. Used by
 * one thread at a time.
 */
abstract sealed class ThresholdWatch permits ThresholdWatch.OfValue, GrowthWatch {

    /** A gap of more than this many values interrupts a breach. */
    private static final int MAX_MISSING_VALUES = 4;

    private final Terms terms;
    private Instant newest;

    /**
     * Terms of a threshold.
     *
     * @param rule of the user
     * @param every interval between new values of its signal
     * @param sustained duration that makes it a breach
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

    /** Takes the next value in the unit of the rule, NaN if unknown; a value that is not newer is dropped. */
    final void take(Instant at, double value) {
        if (newest != null && !at.isAfter(newest)) {
            return;
        }
        boolean gap = newest != null
                && Duration.between(newest, at).compareTo(terms.every().multipliedBy(MAX_MISSING_VALUES)) > 0;
        if (gap) {
            restart();
        }
        newest = at;
        follow(at, value);
    }

    /** The breach that the values so far amount to; empty for none. */
    abstract Optional<Breach> breach();

    abstract void follow(Instant at, double value);

    abstract void restart();

    /** Above a value, without interruption. */
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
        void restart() {
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
