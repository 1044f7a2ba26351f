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
 * @param controlCpuRatio base over base
 * @param allocationRatio head over base, bytes allocated per request
 * @param controlAllocationRatio base over base
 * @param rounds all samples
 */
record AbResult(
        Machine machine,
        String baseVersion,
        String headVersion,
        LoadShape load,
        MedianInterval cpuRatio,
        MedianInterval controlCpuRatio,
        MedianInterval allocationRatio,
        MedianInterval controlAllocationRatio,
        List<AbRound> rounds) {

    static AbResult of(Machine machine, String baseVersion, String headVersion, LoadShape load, List<AbRound> rounds) {
        return new AbResult(
                machine,
                baseVersion,
                headVersion,
                load,
                interval(rounds, AbRound::cpuRatio),
                interval(rounds, AbRound::controlCpuRatio),
                interval(rounds, AbRound::allocationRatio),
                interval(rounds, AbRound::controlAllocationRatio),
                List.copyOf(rounds));
    }

    private static MedianInterval interval(List<AbRound> rounds, ToDoubleFunction<AbRound> value) {
        return MedianInterval.with95PercentConfidence(
                rounds.stream().mapToDouble(value).toArray());
    }

    /** Tables that can be pasted into docs/results.md. */
    String toMarkdown() {
        return """

                | medians of %d rounds | CPU µs per request | allocated bytes per request | requests/s | p50 ms | p99 ms |
                |---|---|---|---|---|---|
                %s
                %s
                %s

                | median of the rounds' ratios, with its %.1f %% confidence interval | CPU per request | allocated bytes per request |
                |---|---|---|
                | head / base | %s | %s |
                | base / base | %s | %s |
                """.formatted(
                        rounds.size(),
                        row("base " + baseVersion, AbRound::base),
                        row("base (repeat)", AbRound::baseRepeat),
                        row("head " + headVersion, AbRound::head),
                        cpuRatio.confidence() * 100,
                        format(cpuRatio),
                        format(allocationRatio),
                        format(controlCpuRatio),
                        format(controlAllocationRatio));
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
