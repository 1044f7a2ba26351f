package io.proxyroute.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MedianIntervalTest {

    /** Ranks and confidences from tables of the sign test. */
    @ParameterizedTest
    @CsvSource({"6, 1, 6, 0.9688", "10, 2, 9, 0.9785", "15, 4, 12, 0.9648", "20, 6, 15, 0.9586", "30, 10, 21, 0.9572"})
    void takesTheRanksOfTheBinomialDistribution(int n, int lower, int upper, double confidence) {
        double[] ranks = IntStream.rangeClosed(1, n).asDoubleStream().toArray();

        MedianInterval interval = MedianInterval.with95PercentConfidence(ranks);

        assertThat(interval.lower()).isEqualTo(lower);
        assertThat(interval.upper()).isEqualTo(upper);
        assertThat(interval.confidence()).isCloseTo(confidence, within(0.0001));
        assertThat(interval.median()).isEqualTo((n + 1) / 2.0);
    }

    @Test
    void keepsOrderOfValues() {
        double[] values = {6, 1, 5, 2, 4, 3};

        MedianInterval.with95PercentConfidence(values);

        assertThat(values).containsExactly(6, 1, 5, 2, 4, 3);
    }

    @Test
    void reportsLowerConfidenceOfFewValues() {
        MedianInterval interval = MedianInterval.with95PercentConfidence(3, 1, 2);

        assertThat(interval).isEqualTo(new MedianInterval(1, 2, 3, 0.75, 3));
    }

    @Test
    void coversTrueMedianOfSkewedValuesAsOftenAsItClaims() {
        SplittableRandom random = new SplittableRandom(1);
        int repetitions = 20_000;
        int covered = 0;
        for (int i = 0; i < repetitions; i++) {
            MedianInterval interval = MedianInterval.with95PercentConfidence(
                    random.doubles(15).map(u -> -Math.log(1 - u)).toArray());
            covered += interval.lower() <= Math.log(2) && Math.log(2) <= interval.upper() ? 1 : 0;
        }

        assertThat((double) covered / repetitions).isCloseTo(0.9648, within(0.005));
    }
}
