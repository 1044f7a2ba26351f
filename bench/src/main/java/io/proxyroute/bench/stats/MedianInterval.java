package io.proxyroute.bench.stats;

import java.util.Arrays;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * The median of a sample and a confidence interval of the population's median, from order statistics: the number of
 * values below the true median is binomial (n, 1/2) whatever the distribution of the values is, so two order statistics
 * enclose it with a known probability. Hahn and Meeker, Statistical Intervals (1991), section 5.2.
 *
 * @param lower the interval's lower end
 * @param median the sample's median
 * @param upper the interval's upper end
 * @param confidence probability that such an interval holds the true median; with six values or more, at least what was
 *     asked for
 * @param values how many values there were
 */
public record MedianInterval(double lower, double median, double upper, double confidence, int values) {

    /** For a two-sided interval of at least 95 %, which takes six values. */
    public static MedianInterval with95PercentConfidence(double... values) {
        return of(0.95, values);
    }

    /** The narrowest symmetric interval of at least that confidence; with few values, from the lowest to the highest. */
    static MedianInterval of(double confidence, double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        BinomialDistribution below = BinomialDistribution.of(sorted.length, 0.5);
        double tail = (1 - confidence) / 2;
        int rank = 0; // of the lower end, from 0
        while (below.cumulativeProbability(rank + 1) <= tail) {
            rank++;
        }
        return new MedianInterval(
                sorted[rank],
                Median.withDefaults().evaluate(sorted),
                sorted[sorted.length - 1 - rank],
                1 - 2 * below.cumulativeProbability(rank),
                sorted.length);
    }
}
