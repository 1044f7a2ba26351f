package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.ThresholdRule.Above;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether a user's threshold is breached now, and whether it has been for as long as the user said. */
final class ThresholdCheck {

    /** The whole time must be seen: a hole of more than this many polls breaks it. */
    private static final int HOLE_IN_POLLS = 4;

    private ThresholdCheck() {}

    /**
     * @param readings oldest first, up to now
     * @param pollInterval how often readings are expected
     */
    static Optional<Finding.Breach> evaluate(ThresholdRule rule, List<Reading> readings, Duration pollInterval) {
        return switch (rule.bound()) {
            case Above(double value) -> above(rule, readings, pollInterval, value);
            case GrowingPerMinute(double units) -> growing(rule, readings, pollInterval, units);
        };
    }

    private static Optional<Finding.Breach> above(
            ThresholdRule rule, List<Reading> readings, Duration pollInterval, double bound) {
        if (readings.isEmpty() || !(rule.value(readings.getLast()) > bound)) {
            return Optional.empty();
        }
        Instant last = readings.getLast().at();
        Instant since = last;
        for (Reading reading : readings.reversed()) {
            boolean hole =
                    Duration.between(reading.at(), since).compareTo(pollInterval.multipliedBy(HOLE_IN_POLLS)) > 0;
            if (hole || !(rule.value(reading) > bound)) {
                break;
            }
            since = reading.at();
        }
        boolean sustained = Duration.between(since, last).compareTo(rule.sustained()) >= 0;
        return Optional.of(new Finding.Breach(rule, rule.value(readings.getLast()), bound, since, last, sustained));
    }

    /** Growth is the median of all slopes between two readings (Theil and Sen), and goes on: one jump is no growth. */
    private static Optional<Finding.Breach> growing(
            ThresholdRule rule, List<Reading> readings, Duration pollInterval, double unitsPerMinute) {
        if (readings.isEmpty()) {
            return Optional.empty();
        }
        Instant last = readings.getLast().at();
        Instant from = last.minus(rule.sustained());
        List<Reading> span = readings.stream()
                .filter(r -> !r.at().isBefore(from.minus(pollInterval)))
                .filter(r -> !Double.isNaN(rule.value(r)))
                .toList();
        if (span.size() < 3) {
            return Optional.empty();
        }
        boolean whole = !span.getFirst().at().isAfter(from)
                && IntStream.range(1, span.size())
                        .allMatch(i -> Duration.between(
                                                span.get(i - 1).at(),
                                                span.get(i).at())
                                        .compareTo(pollInterval.multipliedBy(HOLE_IN_POLLS))
                                <= 0);
        double growth = 60_000 * medianSlope(thinned(span), rule);
        return growth > unitsPerMinute && growsInEachThird(span, rule)
                ? Optional.of(new Finding.Breach(
                        rule, growth, unitsPerMinute, span.getFirst().at(), last, whole))
                : Optional.empty();
    }

    private static boolean growsInEachThird(List<Reading> span, ThresholdRule rule) {
        int n = span.size();
        return n < 9
                || IntStream.range(0, 3)
                        .allMatch(third ->
                                medianSlope(thinned(span.subList(third * n / 3, (third + 1) * n / 3)), rule) > 0);
    }

    private static List<Reading> thinned(List<Reading> readings) {
        int stride = Math.max(1, readings.size() / 60);
        return IntStream.range(0, readings.size())
                .filter(i -> (readings.size() - 1 - i) % stride == 0)
                .mapToObj(readings::get)
                .toList();
    }

    private static double medianSlope(List<Reading> readings, ThresholdRule rule) {
        int n = readings.size();
        double[] slopes = new double[n * (n - 1) / 2];
        int next = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                double millis = Duration.between(
                                readings.get(i).at(), readings.get(j).at())
                        .toMillis();
                slopes[next++] = (rule.value(readings.get(j)) - rule.value(readings.get(i))) / millis;
            }
        }
        return RobustFit.median(slopes);
    }
}
