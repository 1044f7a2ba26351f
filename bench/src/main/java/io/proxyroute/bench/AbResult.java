package io.proxyroute.bench;

import io.proxyroute.bench.load.LoadShape;
import io.proxyroute.bench.measure.Machine;
import io.proxyroute.bench.measure.Sample;
import io.proxyroute.bench.stats.MedianInterval;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Median;

/**
 * What a comparison of two builds found.
 *
 * @param machine where it ran
 * @param baseVersion the base's commit
 * @param headVersion the head's commit
 * @param load how it was loaded
 * @param cpuRatio head over base, CPU time per request
 * @param cpuRatioOfBase base over base
 * @param allocationRatio head over base, bytes allocated per request
 * @param allocationRatioOfBase base over base
 * @param rounds all samples
 */
record AbResult(
        Machine machine,
        String baseVersion,
        String headVersion,
        LoadShape load,
        MedianInterval cpuRatio,
        MedianInterval cpuRatioOfBase,
        MedianInterval allocationRatio,
        MedianInterval allocationRatioOfBase,
        List<AbRound> rounds) {

    static AbResult of(Machine machine, String baseVersion, String headVersion, LoadShape load, List<AbRound> rounds) {
        return new AbResult(
                machine,
                baseVersion,
                headVersion,
                load,
                interval(rounds, AbRound::cpuRatio),
                interval(rounds, AbRound::cpuRatioOfBase),
                interval(rounds, AbRound::allocationRatio),
                interval(rounds, AbRound::allocationRatioOfBase),
                List.copyOf(rounds));
    }

    private static MedianInterval interval(List<AbRound> rounds, ToDoubleFunction<AbRound> value) {
        return MedianInterval.of95(rounds.stream().mapToDouble(value).toArray());
    }

    /** Tables that can be pasted into docs/results.md. */
    String toMarkdown() {
        return """

                | medians of %d rounds | CPU µs a request | allocated bytes a request | requests a second | p50 ms | p99 ms |
                |---|---|---|---|---|---|
                %s
                %s
                %s

                | median of the rounds' ratios, with its %.1f %% confidence interval | CPU a request | allocated bytes a request |
                |---|---|---|
                | head / base | %s | %s |
                | base / base | %s | %s |
                """.formatted(
                        rounds.size(),
                        row("base " + baseVersion, AbRound::base),
                        row("base again", AbRound::baseAgain),
                        row("head " + headVersion, AbRound::head),
                        cpuRatio.confidence() * 100,
                        format(cpuRatio),
                        format(allocationRatio),
                        format(cpuRatioOfBase),
                        format(allocationRatioOfBase));
    }

    private String row(String label, Function<AbRound, Sample> side) {
        return "| %s | %.1f | %.0f | %.0f | %.2f | %.2f |"
                .formatted(
                        label,
                        median(side, Sample::cpuMicrosPerRequest),
                        median(side, Sample::allocatedBytesPerRequest),
                        median(side, Sample::requestsPerSecond),
                        median(side, Sample::p50Millis),
                        median(side, Sample::p99Millis));
    }

    private double median(Function<AbRound, Sample> side, ToDoubleFunction<Sample> value) {
        return Median.withDefaults()
                .evaluate(rounds.stream().map(side).mapToDouble(value).toArray());
    }

    private static String format(MedianInterval interval) {
        return "%.3f [%.3f, %.3f]".formatted(interval.median(), interval.lower(), interval.upper());
    }
}
