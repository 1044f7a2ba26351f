package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.time.Instant;

/**
 * Why a series was judged to be a leak. Units are those of the signal.
 *
 * @param signal what grows
 * @param from start of the stretch that was judged
 * @param to its end
 * @param points measurements in it
 * @param level where the curve stands at its end
 * @param limit what it grows towards
 * @param unitsPerSecond growth beyond what traffic explains
 * @param error of that growth, one standard deviation
 * @param exhaustedAt when the curve reaches the share of the limit that counts as exhausted, 92 % of a heap
 * @param actBy the latest safe moment to begin a replacement, by the growth's upper bound
 */
public record LeakEvidence(
        Signal signal,
        Instant from,
        Instant to,
        int points,
        double level,
        double limit,
        double unitsPerSecond,
        double error,
        Instant exhaustedAt,
        Instant actBy) {

    /** The verdict in words. */
    public String sentence() {
        return "Growth of %s: %s a minute beyond what traffic explains, in every quarter of %s (%d measurements); it reaches its limit of %s in %s"
                .formatted(
                        signal.words(),
                        Formats.amount(60 * unitsPerSecond, signal.unit()),
                        Formats.time(Duration.between(from, to)),
                        points,
                        Formats.amount(limit, signal.unit()),
                        Formats.time(Duration.between(to, exhaustedAt)));
    }
}
