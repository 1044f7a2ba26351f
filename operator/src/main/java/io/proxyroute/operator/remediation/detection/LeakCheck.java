package io.proxyroute.operator.remediation.detection;

import io.proxyroute.operator.remediation.detection.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a series grows like a leak: steadily, beyond what its traffic explains, and towards a limit. One evaluation
 * of several; {@link EvaluationWindow} combines them.
 *
 * <p>A window shows a leak when all of these hold, for every measure of traffic that the level is corrected for:
 *
 * <ol>
 *   <li>the slope is at least three times its error: the larger of the fit's own and that of a block jackknife (Künsch,
 *       "The Jackknife and the Bootstrap for General Stationary Observations", 1989), which allows for correlated
 *       neighbours;
 *   <li>staircase: from quarter to quarter the median of the corrected level rises by at least 12 % of the growth,
 *       which excludes steps, bursts and filled caches;
 *   <li>the growth is at least a share of the limit, 4 % by default;
 *   <li>it reaches the limit within the horizon, and the window is at least a third of the time that this takes, which
 *       excludes a slow warm-up;
 *   <li>a straight line explains it clearly better than any curve that settles below 85 % of the limit ({@link
 *       Saturation}).
 * </ol>
 */
public final class LeakCheck {

    private static final int QUARTERS = 4;
    private static final double MIN_SLOPE_TO_ERROR = 3;
    private static final double MIN_QUARTER_SHARE = 0.12;
    private static final double MIN_SPAN_SHARE = 1 / 3.0;
    private static final double EXHAUSTION_SHARE = 0.92;
    private static final double PLATEAU_MARGIN = 0.07;
    private static final int[] WINDOWS = {1, 3, 6, 12};

    private LeakCheck() {}

    /**
     * The evidence of the most urgent window that shows a leak; empty if none does.
     *
     * @param signal what the series measures
     * @param points since the end of the warm-up, oldest first
     * @param limit limit of the signal, in its unit
     */
    public static Optional<LeakEvidence> evaluate(
            Signal signal, List<Point> points, double limit, LeakSettings settings) {
        int minPoints = Math.max(2 * QUARTERS, settings.minSamples());
        if (points.size() < minPoints || !(limit > 0)) {
            return Optional.empty();
        }
        Instant last = points.getLast().at();
        Duration life = Duration.between(points.getFirst().at(), last);
        if (life.compareTo(settings.window().dividedBy(2)) < 0) {
            return Optional.empty();
        }
        Stream<List<Point>> windows = Arrays.stream(WINDOWS)
                .mapToObj(settings.window()::multipliedBy)
                .filter(w -> w.compareTo(life) < 0)
                .map(w -> points.stream()
                        .filter(p -> !p.at().isBefore(last.minus(w)))
                        .toList());
        return Stream.concat(windows, Stream.of(points))
                .filter(w -> w.size() >= minPoints)
                .flatMap(w -> evaluateWindow(signal, w, limit, settings).stream())
                .min(Comparator.comparing(LeakEvidence::exhaustedAt));
    }

    /** Tests one window with every measure of traffic, and returns the least suspicious result. */
    private static Optional<LeakEvidence> evaluateWindow(
            Signal signal, List<Point> points, double limit, LeakSettings settings) {
        LeakEvidence leastSuspicious = null;
        for (int measure = 0; measure < Load.MEASURES; measure++) {
            Optional<LeakEvidence> evidence = evaluateWindow(signal, points, measure, limit, settings);
            if (evidence.isEmpty()) {
                return evidence;
            }
            if (leastSuspicious == null || evidence.get().unitsPerSecond() < leastSuspicious.unitsPerSecond()) {
                leastSuspicious = evidence.get();
            }
        }
        return Optional.ofNullable(leastSuspicious);
    }

    private static Optional<LeakEvidence> evaluateWindow(
            Signal signal, List<Point> points, int measure, double limit, LeakSettings settings) {
        int n = points.size();
        Instant start = points.getFirst().at();
        double[] t = new double[n];
        double[] y = new double[n];
        double[] load = new double[n];
        for (int i = 0; i < n; i++) {
            Point point = points.get(i);
            t[i] = Duration.between(start, point.at()).toMillis() / 1000.0;
            y[i] = point.value();
            load[i] = point.load().measure(measure);
        }
        double span = t[n - 1];
        RobustFit fit = RobustFit.of(t, y, load);
        double growth = fit.slope() * span;
        if (fit.slope() <= 0 || growth < settings.minGrowth() * limit) {
            return Optional.empty();
        }
        double[] adjusted = RobustFit.adjusted(y, load, fit.perLoad());
        double[] steps = quarterLevels(t, adjusted, span);
        for (int quarter = 1; quarter < QUARTERS; quarter++) {
            if (!(steps[quarter] - steps[quarter - 1] >= MIN_QUARTER_SHARE * growth)) {
                return Optional.empty();
            }
        }
        double exhaustion = EXHAUSTION_SHARE * limit;
        double level = fit.intercept() + fit.slope() * span + fit.perLoad() * recentLoad(load);
        double secondsLeft = Math.max(0, (exhaustion - level) / fit.slope());
        if (secondsLeft > settings.urgency().horizon().toSeconds() || span < MIN_SPAN_SHARE * secondsLeft) {
            return Optional.empty();
        }
        double error = Math.max(fit.error(), jackknifeError(t, y, load));
        if (fit.slope() < MIN_SLOPE_TO_ERROR * error) {
            return Optional.empty();
        }
        double plateau = exhaustion - PLATEAU_MARGIN * limit - fit.perLoad() * recentLoad(load);
        if (Saturation.explains(t, adjusted, RobustFit.line(t, adjusted), plateau)) {
            return Optional.empty();
        }
        double earliest = Math.max(0, (exhaustion - level) / (fit.slope() + 2 * error));
        Instant end = points.getLast().at();
        return Optional.of(new LeakEvidence(
                signal,
                start,
                end,
                n,
                level,
                limit,
                fit.slope(),
                error,
                end.plusMillis((long) (1000 * secondsLeft)),
                end.plusMillis((long) (1000 * earliest))
                        .minus(settings.urgency().drainAndWarmUp())));
    }

    /** Standard error of the slope: fits that each leave out one of up to eight blocks of neighbours. */
    private static double jackknifeError(double[] t, double[] y, double[] load) {
        int n = t.length;
        int blocks = Math.clamp(n / 3, 4, 8);
        double[] slopes = new double[blocks];
        double mean = 0;
        for (int block = 0; block < blocks; block++) {
            int from = block * n / blocks;
            int to = (block + 1) * n / blocks;
            slopes[block] = RobustFit.of(without(t, from, to), without(y, from, to), without(load, from, to))
                    .slope();
            mean += slopes[block] / blocks;
        }
        double variance = 0;
        for (double slope : slopes) {
            variance += (slope - mean) * (slope - mean);
        }
        return Math.sqrt(variance * (blocks - 1) / blocks);
    }

    private static double[] without(double[] values, int from, int to) {
        double[] kept = new double[values.length - (to - from)];
        System.arraycopy(values, 0, kept, 0, from);
        System.arraycopy(values, to, kept, from, values.length - to);
        return kept;
    }

    /** Median of the corrected level in each quarter of the time; NaN if a quarter has no point. */
    private static double[] quarterLevels(double[] t, double[] level, double span) {
        double[] medians = new double[QUARTERS];
        int from = 0;
        for (int quarter = 0; quarter < QUARTERS; quarter++) {
            double end = span * (quarter + 1) / QUARTERS;
            int to = from;
            while (to < t.length && (t[to] < end || quarter == QUARTERS - 1)) {
                to++;
            }
            medians[quarter] = to == from ? Double.NaN : RobustFit.median(Arrays.copyOfRange(level, from, to));
            from = to;
        }
        return medians;
    }

    private static double recentLoad(double[] load) {
        return RobustFit.median(Arrays.copyOfRange(load, load.length - load.length / QUARTERS, load.length));
    }
}
