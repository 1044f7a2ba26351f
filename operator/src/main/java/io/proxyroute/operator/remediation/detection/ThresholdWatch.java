package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Finding.Breach;
import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Checks one threshold, value by value, in constant memory. Used by one thread at a time.
 */
abstract sealed class ThresholdWatch permits ThresholdWatch.LevelWatch, GrowthWatch {

    /** A gap of more than this many values interrupts a breach. */
    private static final int MAX_MISSING_VALUES = 4;

    private final Criteria criteria;
    private Instant newest;

    /**
     * When a threshold counts as breached.
     *
     * @param rule set by the user
     * @param interval between new values of its signal
     * @param sustained how long a breach must last without interruption
     */
    record Criteria(ThresholdRule rule, Duration interval, Duration sustained) {}

    ThresholdWatch(Criteria criteria) {
        this.criteria = criteria;
    }

    static ThresholdWatch of(Criteria criteria) {
        return switch (criteria.rule().bound()) {
            case Above(double value) -> new LevelWatch(criteria, value);
            case GrowingPerMinute(double units) -> new GrowthWatch(criteria, units);
        };
    }

    final Criteria criteria() {
        return criteria;
    }

    /** Adds the next value in the unit of the rule, NaN if unknown; a value that is not newer is dropped. */
    final void add(Instant at, double value) {
        if (newest != null && !at.isAfter(newest)) {
            return;
        }
        boolean gap = newest != null
                && Duration.between(newest, at).compareTo(criteria.interval().multipliedBy(MAX_MISSING_VALUES)) > 0;
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

        private LevelWatch(Criteria criteria, double bound) {
            super(criteria);
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
            boolean sustained =
                    Duration.between(since, last).compareTo(criteria().sustained()) >= 0;
            return Optional.of(new Breach(criteria().rule(), value, bound, since, last, sustained));
        }
    }
}
