package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/** The longer and the shorter of two. */
public final class Durations {

    private Durations() {}

    public static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    public static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
