package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Finding.Breach;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Growth over the whole duration of the threshold. Growth is the median of the slopes between all pairs of values
 * (Theil and Sen), and must be positive in each third of the duration: a single jump is not growth.
 */
final class GrowthWatch extends ThresholdWatch {

    /** Maximum number of values kept, evenly spread over the duration. */
    private static final int MAX_VALUES = 60;

    private static final int MIN_VALUES = 3;
    private static final int PARTS = 3;

    private final double unitsPerMinute;
    private final Duration spacing;
    private final List<Value> values = new ArrayList<>();

    private record Value(Instant at, double value) {}

    GrowthWatch(Criteria criteria, double unitsPerMinute) {
        super(criteria);
        this.unitsPerMinute = unitsPerMinute;
        this.spacing = criteria.sustained().dividedBy(MAX_VALUES);
    }

    @Override
    void onValue(Instant at, double value) {
        if (Double.isNaN(value)) {
            return;
        }
        int n = values.size();
        if (n > 1 && between(values.get(n - 2), values.get(n - 1)).compareTo(spacing) < 0) {
            values.removeLast();
        }
        values.addLast(new Value(at, value));
        Instant from = at.minus(criteria().sustained());
        while (values.size() > MIN_VALUES && !values.get(1).at().isAfter(from)) {
            values.removeFirst();
        }
    }

    @Override
    void restart() {
        values.clear();
    }

    @Override
    Optional<Breach> breach() {
        if (values.size() < MIN_VALUES) {
            return Optional.empty();
        }
        Value first = values.getFirst();
        Value last = values.getLast();
        double growth = 60_000 * medianSlope(values);
        boolean sustained = between(first, last).compareTo(criteria().sustained()) >= 0;
        return growth > unitsPerMinute && growsInEachPart()
                ? Optional.of(new Breach(criteria().rule(), growth, unitsPerMinute, first.at(), last.at(), sustained))
                : Optional.empty();
    }

    private boolean growsInEachPart() {
        int steps = values.size() - 1;
        int parts = Math.min(PARTS, steps);
        return IntStream.range(0, parts)
                .allMatch(
                        part -> medianSlope(values.subList(part * steps / parts, (part + 1) * steps / parts + 1)) > 0);
    }

    private static double medianSlope(List<Value> values) {
        int n = values.size();
        double[] slopes = new double[n * (n - 1) / 2];
        int next = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                double millis = between(values.get(i), values.get(j)).toMillis();
                slopes[next++] = (values.get(j).value() - values.get(i).value()) / millis;
            }
        }
        return RobustFit.median(slopes);
    }

    private static Duration between(Value earlier, Value later) {
        return Duration.between(earlier.at(), later.at());
    }
}
