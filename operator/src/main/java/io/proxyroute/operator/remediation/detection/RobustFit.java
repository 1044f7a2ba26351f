package io.proxyroute.operator.remediation.detection;

import java.util.Arrays;

/**
 * The level of a series as {@code a + s t + b load} with {@code b >= 0}, by iteratively reweighted least squares with
 * Huber's weights (Huber, "Robust Estimation of a Location Parameter", 1964). Asymmetric: points above the line lose
 * weight sooner than points below, because disturbances of a live set (objects of a burst) only add to it.
 *
 * <p>If load and time are parallel (squared correlation over one half), their effects cannot be separated. The load is
 * then credited with everything that it can explain, and the slope with the remainder. So growing traffic is not
 * mistaken for a leak, at the price of later detection. But a unit of load cannot cost more than the lowest level per
 * unit of load.
 *
 * @param intercept level at t = 0 and load = 0
 * @param slope growth in units per second
 * @param perLoad cost of one unit of load
 * @param error standard error of the slope, as if the residuals were independent
 */
record RobustFit(double intercept, double slope, double perLoad, double error) {

    private static final int ITERATIONS = 8;
    private static final double TUNING_ABOVE = 1.0;
    private static final double TUNING_BELOW = 2.0;
    private static final double PARALLEL = 0.5;

    /** Fits all points. Arrays are of one length, at least 3. */
    static RobustFit of(double[] t, double[] y, double[] load) {
        double r = correlation(t, load);
        if (Double.isNaN(r)) {
            return line(t, y);
        }
        if (r * r > PARALLEL) {
            return fitWithCost(t, y, load, Math.clamp(line(load, y).slope, 0, maxPerLoad(y, load)));
        }
        RobustFit fit = iterate(t, y, load, true, 0);
        double bounded = Math.clamp(fit.perLoad, 0, maxPerLoad(y, load));
        return bounded == fit.perLoad ? fit : fitWithCost(t, y, load, bounded);
    }

    private static RobustFit fitWithCost(double[] t, double[] y, double[] load, double perLoad) {
        return line(t, adjusted(y, load, perLoad), perLoad);
    }

    private static double maxPerLoad(double[] y, double[] load) {
        double most = Double.MAX_VALUE;
        for (int i = 0; i < y.length; i++) {
            if (load[i] > 0) {
                most = Math.min(most, Math.max(0, y[i]) / load[i]);
            }
        }
        return most;
    }

    /** {@code y} without the share of the load. */
    static double[] adjusted(double[] y, double[] load, double perLoad) {
        double[] adjusted = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            adjusted[i] = y[i] - perLoad * load[i];
        }
        return adjusted;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Fits a straight line and ignores the load. */
    static RobustFit line(double[] t, double[] y) {
        return line(t, y, 0);
    }

    private static RobustFit line(double[] t, double[] y, double perLoad) {
        return iterate(t, y, new double[t.length], false, perLoad);
    }

    private static RobustFit iterate(double[] t, double[] y, double[] load, boolean withLoad, double perLoad) {
        int n = t.length;
        double[] weight = new double[n];
        Arrays.fill(weight, 1);
        double[] residual = new double[n];
        double intercept = 0;
        double slope = 0;
        double cost = 0;
        double error = 0;
        for (int round = 0; round < ITERATIONS; round++) {
            double w = 0;
            double mt = 0;
            double my = 0;
            double ml = 0;
            for (int i = 0; i < n; i++) {
                w += weight[i];
                mt += weight[i] * t[i];
                my += weight[i] * y[i];
                ml += weight[i] * load[i];
            }
            mt /= w;
            my /= w;
            ml /= w;
            double tt = 0;
            double tl = 0;
            double ll = 0;
            double ty = 0;
            double ly = 0;
            for (int i = 0; i < n; i++) {
                double dt = t[i] - mt;
                double dl = load[i] - ml;
                double dy = y[i] - my;
                tt += weight[i] * dt * dt;
                tl += weight[i] * dt * dl;
                ll += weight[i] * dl * dl;
                ty += weight[i] * dt * dy;
                ly += weight[i] * dl * dy;
            }
            double determinant = tt * ll - tl * tl;
            if (withLoad && determinant > 1e-9 * tt * ll) {
                slope = (ty * ll - ly * tl) / determinant;
                cost = (ly * tt - ty * tl) / determinant;
            } else {
                slope = tt > 0 ? ty / tt : 0;
                cost = 0;
            }
            intercept = my - slope * mt - cost * ml;
            for (int i = 0; i < n; i++) {
                residual[i] = y[i] - intercept - slope * t[i] - cost * load[i];
            }
            double scale = scaleOf(residual);
            error = tt > 0 ? scale / Math.sqrt(tt) : 0;
            if (scale == 0) {
                break;
            }
            for (int i = 0; i < n; i++) {
                double u = residual[i] / scale;
                double tuning = u > 0 ? TUNING_ABOVE : TUNING_BELOW;
                weight[i] = Math.abs(u) <= tuning ? 1 : tuning / Math.abs(u);
            }
        }
        return new RobustFit(intercept, slope, withLoad ? cost : perLoad, error);
    }

    /** Median absolute residual, scaled to a standard deviation of normal noise. */
    static double scaleOf(double[] residual) {
        double[] absolute = new double[residual.length];
        for (int i = 0; i < residual.length; i++) {
            absolute[i] = Math.abs(residual[i]);
        }
        return 1.4826 * median(absolute);
    }

    private static double correlation(double[] a, double[] b) {
        double ma = Arrays.stream(a).average().orElse(0);
        double mb = Arrays.stream(b).average().orElse(0);
        double aa = 0;
        double ab = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            aa += (a[i] - ma) * (a[i] - ma);
            ab += (a[i] - ma) * (b[i] - mb);
            bb += (b[i] - mb) * (b[i] - mb);
        }
        return aa == 0 || bb <= 1e-12 * Math.max(1, mb * mb) * b.length ? Double.NaN : ab / Math.sqrt(aa * bb);
    }
}
