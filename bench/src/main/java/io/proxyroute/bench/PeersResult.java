package io.proxyroute.bench;

import io.proxyroute.bench.measure.Machine;
import io.proxyroute.bench.measure.Sample;
import io.proxyroute.bench.proxy.ProxyUnderTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;

/**
 * What a comparison with other proxies found.
 *
 * @param machine where it ran
 * @param proxies ours first
 */
record PeersResult(Machine machine, List<PeerResult> proxies) {

    /**
     * One proxy.
     *
     * @param name the name in reports
     * @param version version as the program reports it
     * @param rounds all samples
     */
    record PeerResult(String name, String version, List<PeerRound> rounds) {

        private DoubleStream values(Function<PeerRound, Sample> window, ToDoubleFunction<Sample> figure) {
            return rounds.stream().map(window).mapToDouble(figure);
        }

        private double median(Function<PeerRound, Sample> window, ToDoubleFunction<Sample> figure) {
            return Median.withDefaults().evaluate(values(window, figure).toArray());
        }
    }

    static PeersResult of(Machine machine, Map<ProxyUnderTest, List<PeerRound>> measured)
            throws IOException, InterruptedException {
        List<PeerResult> proxies = new ArrayList<>();
        for (Map.Entry<ProxyUnderTest, List<PeerRound>> each : measured.entrySet()) {
            proxies.add(new PeerResult(each.getKey().name(), each.getKey().version(), List.copyOf(each.getValue())));
        }
        return new PeersResult(machine, proxies);
    }

    /** Tables that can be pasted into docs/results.md. */
    String toMarkdown() {
        return """

                Versions: %s

                | medians of %d rounds | saturated: CPU µs per request | requests/s | p50 ms | p99 ms | paced: CPU µs per request | p50 ms | p99 ms | first 10 s: CPU µs per request | p99 ms | allocated bytes per request |
                |---|---|---|---|---|---|---|---|---|---|---|
                %s

                | ProxyRoute divided by the peer, median of the rounds (lowest to highest) | CPU per request, saturated | CPU per request, paced | p50, paced | p99, paced | CPU per request, first 10 s |
                |---|---|---|---|---|---|
                %s
                """.formatted(
                proxies.stream().map(each -> each.name() + " " + each.version()).collect(Collectors.joining(", ")),
                proxies.getFirst().rounds().size(),
                proxies.stream().map(PeersResult::figures).collect(Collectors.joining("\n")),
                proxies.stream().skip(1).map(this::ratios).collect(Collectors.joining("\n")));
    }

    private static String figures(PeerResult proxy) {
        double allocated = proxy.median(PeerRound::saturated, Sample::allocatedBytesPerRequest);
        return "| %s | %.1f | %.0f | %.2f | %.2f | %.1f | %.2f | %.2f | %.1f | %.1f | %s |"
                .formatted(
                        proxy.name(),
                        proxy.median(PeerRound::saturated, Sample::cpuMicrosPerRequest),
                        proxy.median(PeerRound::saturated, Sample::requestsPerSecond),
                        proxy.median(PeerRound::saturated, Sample::p50Millis),
                        proxy.median(PeerRound::saturated, Sample::p99Millis),
                        proxy.median(PeerRound::paced, Sample::cpuMicrosPerRequest),
                        proxy.median(PeerRound::paced, Sample::p50Millis),
                        proxy.median(PeerRound::paced, Sample::p99Millis),
                        proxy.median(PeerRound::coldStart, Sample::cpuMicrosPerRequest),
                        proxy.median(PeerRound::coldStart, Sample::p99Millis),
                        Double.isNaN(allocated) ? "" : "%.0f".formatted(allocated));
    }

    private String ratios(PeerResult peer) {
        return "| %s | %s | %s | %s | %s | %s |"
                .formatted(
                        peer.name(),
                        ratio(peer, PeerRound::saturated, Sample::cpuMicrosPerRequest),
                        ratio(peer, PeerRound::paced, Sample::cpuMicrosPerRequest),
                        ratio(peer, PeerRound::paced, Sample::p50Millis),
                        ratio(peer, PeerRound::paced, Sample::p99Millis),
                        ratio(peer, PeerRound::coldStart, Sample::cpuMicrosPerRequest));
    }

    private String ratio(PeerResult peer, Function<PeerRound, Sample> window, ToDoubleFunction<Sample> figure) {
        double[] ours = proxies.getFirst().values(window, figure).toArray();
        double[] theirs = peer.values(window, figure).toArray();
        double[] ratios = IntStream.range(0, ours.length)
                .mapToDouble(round -> ours[round] / theirs[round])
                .sorted()
                .toArray();
        return "%.2f (%.2f to %.2f)"
                .formatted(Median.withDefaults().evaluate(ratios), ratios[0], ratios[ratios.length - 1]);
    }
}
