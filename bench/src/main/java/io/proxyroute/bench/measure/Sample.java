package io.proxyroute.bench.measure;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One window of load on one proxy, or several taken together.
 *
 * @param requests responses received
 * @param requestsPerSecond number of requests per second
 * @param cpuMicrosPerRequest CPU time of the proxy's processes, kernel included
 * @param p50Millis median latency
 * @param p99Millis 99th percentile of it
 * @param allocatedBytesPerRequest bytes allocated on the heap of a JVM; NaN for other programs
 */
public record Sample(
        long requests,
        double requestsPerSecond,
        double cpuMicrosPerRequest,
        double p50Millis,
        double p99Millis,
        double allocatedBytesPerRequest) {

    /** Several windows as one: figures per request are weighted by requests, the others are means. */
    public static Sample of(List<Sample> windows) {
        return new Sample(
                windows.stream().mapToLong(Sample::requests).sum(),
                mean(windows, Sample::requestsPerSecond),
                perRequest(windows, Sample::cpuMicrosPerRequest),
                mean(windows, Sample::p50Millis),
                mean(windows, Sample::p99Millis),
                perRequest(windows, Sample::allocatedBytesPerRequest));
    }

    private static double mean(List<Sample> windows, ToDoubleFunction<Sample> figure) {
        return windows.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static double perRequest(List<Sample> windows, ToDoubleFunction<Sample> figure) {
        double sum = windows.stream()
                .mapToDouble(window -> figure.applyAsDouble(window) * window.requests())
                .sum();
        return sum / windows.stream().mapToLong(Sample::requests).sum();
    }
}
