package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.time.Instant;

/**
 * Which measurements of a process are recent enough to judge it by. A missing or old measurement is unknown, neither
 * fine nor a breach.
 *
 * @param history history of the process, with at least one sample
 * @param settings settings of the route
 */
record Freshness(ProcessHistory history, DetectionSettings settings) {

    private static final int STALE_AFTER_MEASUREMENTS = 4;

    /** Whether the newest sample is too old, by the operator's clock. */
    boolean isStale(Instant now) {
        Duration age = Duration.between(history.newest().receivedAt(), now);
        return age.compareTo(settings.staleAfter()) > 0;
    }

    /** Whether the process is past its warm-up. */
    boolean isWarm() {
        return !sampledAt().isBefore(history.warmFrom(settings.leak()));
    }

    /** Whether the newest sample has a value of the signal. */
    boolean isKnown(Signal signal) {
        return signal == Signal.LIVE_SET
                ? !isSeriesStale(signal)
                : !Double.isNaN(history.newestReading().value(signal));
    }

    /** Whether a measurement is from after the warm-up. Signals without a series are part of every sample. */
    boolean isMeasuredWarm(Signal signal) {
        return !ProcessHistory.LEAK_SIGNALS.contains(signal)
                || !history.series(signal)
                        .since(history.warmFrom(settings.leak()))
                        .isEmpty();
    }

    /** Whether the newest point of a leak signal is missing or too old. */
    boolean isSeriesStale(Signal signal) {
        Series series = history.series(signal);
        return series.isEmpty()
                || Duration.between(series.newest().at(), sampledAt()).compareTo(maxSeriesAge()) > 0;
    }

    /** Whether the live set is needed and unknown. */
    boolean isLiveSetMissing() {
        return settings.needsLiveSet() && isSeriesStale(Signal.LIVE_SET);
    }

    /** Whether the live set has never been measured, and the process is so young that this is normal. */
    boolean isTooYoungForLiveSet() {
        return history.series(Signal.LIVE_SET).isEmpty()
                && sampledAt().isBefore(history.startsAt().plus(maxSeriesAge()));
    }

    private Duration maxSeriesAge() {
        return settings.leak()
                .samplingInterval()
                .multipliedBy(STALE_AFTER_MEASUREMENTS)
                .plus(settings.staleAfter());
    }

    private Instant sampledAt() {
        return history.newest().snapshot().takenAt();
    }
}
