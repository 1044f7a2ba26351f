package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The minimum of each polled signal within one interval. Traffic causes peaks, but a leak raises the minimum.
 *
 * @param from start of the interval
 * @param at the newest sample in it
 * @param minimum minimum of each signal; unknown ones are absent
 * @param load load at the newest sample
 * @param interval length of the window
 */
record WindowMinimum(Instant from, Instant at, Map<Signal, Double> minimum, Load load, Duration interval) {

    private static final List<Signal> SIGNALS =
            List.of(Signal.NETTY_DIRECT_MEMORY, Signal.JDK_DIRECT_MEMORY, Signal.VIRTUAL_THREADS, Signal.THREADS);

    /** The current window with one more sample, or a new window if it is complete or null. */
    static WindowMinimum extended(WindowMinimum current, Snapshot snapshot, Load load, Duration interval) {
        boolean fresh = current == null || current.isComplete();
        Map<Signal, Double> minimum = fresh ? new EnumMap<>(Signal.class) : current.minimum;
        for (Signal signal : SIGNALS) {
            double value = signal.of(snapshot);
            if (!Double.isNaN(value)) {
                minimum.merge(signal, value, Math::min);
            }
        }
        return new WindowMinimum(
                fresh ? snapshot.takenAt() : current.from, snapshot.takenAt(), minimum, load, interval);
    }

    /** Whether the interval is over. A sample covers the time up to the next, so nine tenths suffice. */
    boolean isComplete() {
        return !at.isBefore(from.plus(interval.multipliedBy(9).dividedBy(10)));
    }

    Map<Signal, Point> points() {
        Map<Signal, Point> points = new EnumMap<>(Signal.class);
        minimum.forEach((signal, value) -> points.put(signal, new Point(at, value, load)));
        return points;
    }
}
