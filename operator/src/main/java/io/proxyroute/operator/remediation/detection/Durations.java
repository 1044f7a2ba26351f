package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/** The maximum and the minimum of two durations. */
public final class Durations {

    private Durations() {}

    public static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    public static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
