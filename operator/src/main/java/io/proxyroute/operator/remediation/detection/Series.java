package io.proxyroute.operator.remediation.detection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Values over time, oldest first, each with its load. Bounded: when full, every second point of the older half is
 * dropped, which preserves the shape of a long series.
 */
public final class Series {

    private static final int CAPACITY = 1024;

    /**
     * One measurement.
     *
     * @param at the proxy's clock
     * @param value value in the unit of the signal
     * @param load traffic at that moment
     */
    public record Point(Instant at, double value, Load load) {}

    private final List<Point> points = new ArrayList<>();

    /** Adds a point; one that is not newer than the last is dropped. */
    public void add(Point point) {
        if (!points.isEmpty() && !point.at().isAfter(points.getLast().at())) {
            return;
        }
        points.add(point);
        if (points.size() > CAPACITY) {
            for (int i = CAPACITY / 2; i >= 1; i -= 2) {
                points.remove(i);
            }
        }
    }

    /** The points from {@code from} on, oldest first. */
    public List<Point> since(Instant from) {
        int first = points.size();
        while (first > 0 && !points.get(first - 1).at().isBefore(from)) {
            first--;
        }
        return List.copyOf(points.subList(first, points.size()));
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    /** The last point; there must be one. */
    Point newest() {
        return points.getLast();
    }

    /** All points. */
    public List<Point> all() {
        return List.copyOf(points);
    }

    void clear() {
        points.clear();
    }
}
