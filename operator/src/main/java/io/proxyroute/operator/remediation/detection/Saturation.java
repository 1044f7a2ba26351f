package io.proxyroute.operator.remediation.detection;

/**
 * Whether a growing level may also be one that settles, such as a warm-up of hours or a cache that fills. Such a curve
 * is {@code a + b (1 - exp(-t / tau))}, which tends to {@code a + b}. Of all curves that tend to a harmless level, the
 * best fit is compared with the straight line, and a level counts as growing only if the line fits clearly better. So
 * the data must show that the curvature of a harmless level is missing.
 *
 * <p>Fits are compared by Huber's loss in units of the noise, as twice the log-likelihood ratio (Wilks, "The
 * Large-Sample Distribution of the Likelihood Ratio for Testing Composite Hypotheses", 1938).
 */
final class Saturation {

    /** Corresponds to three standard deviations. */
    private static final double MIN_LOSS_DIFFERENCE = 9;

    private static final double TUNING = 1.5;
    private static final double MIN_NOISE = 0.001;

    /**
     * Time constants from a tenth of the stretch, where a curve is flat after its first quarter, to nearly straight
     * ones.
     */
    private static final double MIN_TAU = 0.1;

    private static final double MAX_TAU = 50;
    private static final double TAU_FACTOR = 1.5;

    private Saturation() {}

    /**
     * @param t seconds, from 0 to the span
     * @param level corrected for traffic
     * @param line the straight line through them
     * @param harmless highest harmless level
     */
    static boolean explains(double[] t, double[] level, RobustFit line, double harmless) {
        double span = t[t.length - 1];
        double[] lineResidual = residuals(t, level, line);
        double lineNoise = Math.max(RobustFit.scaleOf(lineResidual), MIN_NOISE * line.slope() * span);
        double best = Double.POSITIVE_INFINITY;
        for (double tau = MIN_TAU * span; tau < MAX_TAU * span; tau *= TAU_FACTOR) {
            double[] x = new double[t.length];
            for (int i = 0; i < t.length; i++) {
                x[i] = -Math.expm1(-t[i] / tau);
            }
            RobustFit curve = RobustFit.line(x, level);
            if (curve.slope() <= 0 || curve.intercept() + curve.slope() > harmless) {
                continue;
            }
            double[] residual = residuals(x, level, curve);
            best = Math.min(best, loss(residual, lineNoise));
        }
        return best - loss(lineResidual, lineNoise) < MIN_LOSS_DIFFERENCE;
    }

    private static double[] residuals(double[] x, double[] level, RobustFit fit) {
        double[] residual = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            residual[i] = level[i] - fit.intercept() - fit.slope() * x[i];
        }
        return residual;
    }

    /** Twice Huber's loss. */
    private static double loss(double[] residual, double noise) {
        double sum = 0;
        for (double r : residual) {
            double u = Math.abs(r) / noise;
            sum += u <= TUNING ? u * u : TUNING * (2 * u - TUNING);
        }
        return sum;
    }
}
