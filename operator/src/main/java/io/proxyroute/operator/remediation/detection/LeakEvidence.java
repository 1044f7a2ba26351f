package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.time.Instant;

/**
 * Why a series looks like a leak. Values are in the unit of the signal.
 *
 * @param signal growing signal
 * @param from start of the tested stretch
 * @param to its end
 * @param points measurements in it
 * @param level level of the fitted curve at its end
 * @param limit limit that the signal approaches
 * @param unitsPerSecond growth beyond what traffic explains
 * @param error standard error of the growth
 * @param exhaustedAt when the curve reaches the share of the limit that counts as exhausted, 92 % of a heap
 * @param actBy latest safe moment to start a replacement, by the upper bound of the growth
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

    /** Describes the leak with figures, without a full stop. */
    public String message() {
        return "Growth of %s: %s per minute beyond what traffic explains, in every quarter of %s (%d measurements); it reaches its limit of %s in %s"
                .formatted(
                        signal.label(),
                        Formats.amount(60 * unitsPerSecond, signal.unit()),
                        Formats.time(Duration.between(from, to)),
                        points,
                        Formats.amount(limit, signal.unit()),
                        Formats.time(Duration.between(to, exhaustedAt)));
    }
}
