package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The lowest values of polled signals within one interval. Peaks come with traffic; what a leak lifts is the floor.
 *
 * @param from start of the interval
 * @param at the newest sample in it
 * @param floor lowest value of each signal, unknown ones left out
 * @param load at the newest sample
 * @param interval how long it collects
 */
record WindowMinimum(Instant from, Instant at, Map<Signal, Double> floor, Load load, Duration interval) {

    private static final List<Signal> SIGNALS =
            List.of(Signal.NETTY_DIRECT_MEMORY, Signal.JDK_DIRECT_MEMORY, Signal.VIRTUAL_THREADS, Signal.THREADS);

    /** This trough with one more sample, or a new one where it was whole or absent. */
    static WindowMinimum extended(WindowMinimum trough, Snapshot snapshot, Load load, Duration interval) {
        boolean fresh = trough == null || trough.isWhole();
        Map<Signal, Double> floor = fresh ? new EnumMap<>(Signal.class) : trough.floor;
        for (Signal signal : SIGNALS) {
            double value = signal.of(snapshot);
            if (!Double.isNaN(value)) {
                floor.merge(signal, value, Math::min);
            }
        }
        return new WindowMinimum(fresh ? snapshot.takenAt() : trough.from, snapshot.takenAt(), floor, load, interval);
    }

    /** Whether the interval is over. A sample is taken to stand for the time up to the next, hence the tenth. */
    boolean isWhole() {
        return !at.isBefore(from.plus(interval.multipliedBy(9).dividedBy(10)));
    }

    Map<Signal, Point> points() {
        Map<Signal, Point> points = new EnumMap<>(Signal.class);
        floor.forEach((signal, value) -> points.put(signal, new Point(at, value, load)));
        return points;
    }
}
