package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.Subject;

/**
 * The finding that started a run.
 *
 * @param kind kind of finding
 * @param signal measured signal
 * @param threshold name of the user's threshold; null for a leak
 * @param message what was found, with figures, without a full stop
 */
public record Cause(Kind kind, Signal signal, String threshold, String message) {

    /** Kinds of finding. */
    public enum Kind {
        LEAK,
        THRESHOLD
    }

    /** The subject of the finding, without figures. */
    Subject subject() {
        return new Subject(signal, threshold);
    }

    /** Whether both describe the same problem, regardless of figures. */
    public boolean sameAs(Cause other) {
        return kind == other.kind && signal == other.signal;
    }
}
