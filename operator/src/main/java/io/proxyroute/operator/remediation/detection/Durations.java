package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/** Maximum and minimum of two durations. */
public final class Durations {

    private Durations() {}

    public static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    public static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
