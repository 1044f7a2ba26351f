package io.proxyroute.operator.remediation.detection;

/**
 * What a finding is about, whatever its figures: whether it is found again is told by this.
 *
 * @param signal that is watched
 * @param threshold name of the user's threshold; null for a leak
 */
public record Subject(Signal signal, String threshold) {

    /** Of a leak. */
    static Subject leak(Signal signal) {
        return new Subject(signal, null);
    }

    static Subject of(ThresholdRule rule) {
        return new Subject(rule.signal(), rule.name());
    }
}
