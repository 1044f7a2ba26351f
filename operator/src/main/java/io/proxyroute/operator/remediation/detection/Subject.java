package io.proxyroute.operator.remediation.detection;

/**
 * What a finding is about, without figures: two findings of one subject are the same problem.
 *
 * @param signal measured signal
 * @param threshold name of the user's threshold; null for a leak
 */
public record Subject(Signal signal, String threshold) {

    /** The subject of a leak. */
    static Subject leak(Signal signal) {
        return new Subject(signal, null);
    }

    static Subject of(ThresholdRule rule) {
        return new Subject(rule.signal(), rule.name());
    }
}
