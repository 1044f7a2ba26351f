package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.telemetry.LiveSetSample;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Draws the live set of a pod over time as SVG, with the limit of the heap and the exchanges in flight. */
final class LiveSetChart {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 260;
    private static final int LEFT = 76;
    private static final int BOTTOM = 30;
    private static final double MIB = 1024 * 1024;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private LiveSetChart() {}

    /** The picture of samples, oldest first; empty with fewer than two. */
    static String svg(List<LiveSetSample> samples) {
        if (samples.size() < 2) {
            return "";
        }
        Instant from = samples.getFirst().at();
        double span = Math.max(1, Duration.between(from, samples.getLast().at()).toMillis());
        double max = samples.getLast().maxBytes();
        double mostInFlight = Math.max(
                1, samples.stream().mapToDouble(LiveSetSample::inFlight).max().orElse(1));
        StringBuilder level = new StringBuilder();
        StringBuilder traffic = new StringBuilder();
        for (LiveSetSample sample : samples) {
            double x = LEFT
                    + (WIDTH - LEFT - 10) * Duration.between(from, sample.at()).toMillis() / span;
            level.append(point(x, y(sample.liveBytes() / max)));
            traffic.append(point(x, y(sample.inFlight() / mostInFlight / 4)));
        }
        return """
                <svg viewBox="0 0 %d %d" role="img" aria-label="Live set over time">
                <line class="limit" x1="%d" y1="%s" x2="%d" y2="%s"/>
                <text x="%d" y="%s" class="label">limit %.0f MiB</text>
                <line class="axis" x1="%d" y1="%s" x2="%d" y2="%s"/>
                <line class="grid" x1="%d" y1="%s" x2="%d" y2="%s"/>
                <text x="%d" y="%s" class="label" text-anchor="end">%.0f MiB</text><text x="%d" y="%s" class="label" text-anchor="end">0 MiB</text>
                <polyline class="traffic" points="%s"/>
                <polyline class="level" points="%s"/>
                <text x="%d" y="%d" class="label">%s</text><text x="%d" y="%d" class="label" text-anchor="end">%s</text>
                </svg>
                """.formatted(
                        WIDTH,
                        HEIGHT,
                        LEFT,
                        number(y(1)),
                        WIDTH - 10,
                        number(y(1)),
                        LEFT + 5,
                        number(y(1) + 14),
                        max / MIB,
                        LEFT,
                        number(y(0)),
                        WIDTH - 10,
                        number(y(0)),
                        LEFT,
                        number(y(0.5)),
                        WIDTH - 10,
                        number(y(0.5)),
                        LEFT - 6,
                        number(y(0.5) + 4),
                        max / 2 / MIB,
                        LEFT - 6,
                        number(y(0)),
                        traffic,
                        level,
                        LEFT,
                        HEIGHT - 8,
                        TIME.format(from),
                        WIDTH - 10,
                        HEIGHT - 8,
                        TIME.format(samples.getLast().at()));
    }

    private static double y(double share) {
        return 10 + (HEIGHT - BOTTOM - 10) * (1 - Math.clamp(share, 0, 1));
    }

    private static String point(double x, double y) {
        return number(x) + "," + number(y) + " ";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
