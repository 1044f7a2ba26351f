package io.proxyroute.e2e.workload;

import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/** The metrics of a proxy pod at one moment. */
public final class PodMetrics {

    private static final int PORT = 9090;
    private static final double MEBIBYTE = 1 << 20;
    private static final Pattern SAMPLE =
            Pattern.compile("^([A-Za-z_:][A-Za-z0-9_:]*)(\\{.*})? (\\S+)$", Pattern.MULTILINE);

    private final List<Sample> samples;

    private PodMetrics(List<Sample> samples) {
        this.samples = samples;
    }

    private record Sample(String name, String labels, double value) {}

    /**
     * Scrapes a pod.
     *
     * @throws IllegalStateException the pod does not respond, or not with status 200
     */
    public static PodMetrics scrape(ApiProxyClient http, String namespace, String pod) {
        ApiProxyClient.Response response = http.getFromPod(namespace, pod, PORT, "/metrics");
        if (response.status() != 200) {
            throw new IllegalStateException("GET /metrics of " + pod + ": status " + response.status());
        }
        return parse(response.body());
    }

    /** Parses the Prometheus text format. */
    static PodMetrics parse(String text) {
        return new PodMetrics(SAMPLE.matcher(text)
                .results()
                .map(each -> new Sample(
                        each.group(1), each.group(2) == null ? "" : each.group(2), Double.parseDouble(each.group(3))))
                .toList());
    }

    /** The sum of a metric over the series whose labels contain all the given texts, such as {@code filter="x"}. */
    public double sum(String name, String... labels) {
        return values(name, labels).sum();
    }

    private DoubleStream values(String name, String... labels) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> List.of(labels).stream().allMatch(sample.labels()::contains))
                .mapToDouble(Sample::value);
    }

    /** The live set in MiB; empty before the first measurement. */
    public OptionalDouble liveSet() {
        return values("proxyroute_live_set_bytes")
                .filter(bytes -> bytes > 0)
                .map(bytes -> bytes / MEBIBYTE)
                .findFirst();
    }

    /** The maximum heap size in MiB. */
    public double heapMax() {
        return Math.max(0, values("jvm_memory_max_bytes", "area=\"heap\"").max().orElse(0) / MEBIBYTE);
    }
}
