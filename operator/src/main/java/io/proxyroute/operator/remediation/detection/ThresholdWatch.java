package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Finding.Breach;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Checks one threshold, value by value. Its memory does not grow with the duration of the threshold. Used by
 * one thread at a time.
 */
abstract sealed class ThresholdWatch permits ThresholdWatch.LevelWatch, GrowthWatch {

    /** A gap of more than this many values interrupts a breach. */
    private static final int MAX_MISSING_VALUES = 4;

    private final Terms terms;
    private Instant newest;

    /**
     * Terms of a threshold.
     *
     * @param rule set by the user
     * @param interval between new values of its signal
     * @param sustained uninterrupted duration that makes it a breach
     */
    record Terms(ThresholdRule rule, Duration interval, Duration sustained) {}

    ThresholdWatch(Terms terms) {
        this.terms = terms;
    }

    static ThresholdWatch of(Terms terms) {
        return switch (terms.rule().bound()) {
            case Above(double value) -> new LevelWatch(terms, value);
            case GrowingPerMinute(double units) -> new GrowthWatch(terms, units);
        };
    }

    final Terms terms() {
        return terms;
    }

    /** Adds the next value in the unit of the rule, NaN if unknown; a value that is not newer is dropped. */
    final void add(Instant at, double value) {
        if (newest != null && !at.isAfter(newest)) {
            return;
        }
        boolean gap = newest != null
                && Duration.between(newest, at).compareTo(terms.interval().multipliedBy(MAX_MISSING_VALUES)) > 0;
        if (gap) {
            restart();
        }
        newest = at;
        onValue(at, value);
    }

    /** The breach shown by the values so far; empty if there is none. */
    abstract Optional<Breach> breach();

    abstract void onValue(Instant at, double value);

    abstract void restart();

    /** Above a value, without interruption. */
    static final class LevelWatch extends ThresholdWatch {

        private final double bound;
        private Instant since;
        private Instant last;
        private double value;

        private LevelWatch(Terms terms, double bound) {
            super(terms);
            this.bound = bound;
        }

        @Override
        void onValue(Instant at, double newValue) {
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
