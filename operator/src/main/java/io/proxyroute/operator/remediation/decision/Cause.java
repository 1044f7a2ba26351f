package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.Subject;

/**
 * What a run is about.
 *
 * @param kind of finding
 * @param signal that was watched
 * @param threshold name of the user's threshold; null for a leak
 * @param sentence what was seen, with figures
 */
public record Cause(Kind kind, Signal signal, String threshold, String sentence) {

    /** Kinds of finding. */
    public enum Kind {
        LEAK,
        THRESHOLD
    }

    /** The same without figures. */
    Subject subject() {
        return new Subject(signal, threshold);
    }

    /** Whether it is the same thing again, whatever the figures. */
    public boolean sameAs(Cause other) {
        return kind == other.kind && signal == other.signal;
    }
}
