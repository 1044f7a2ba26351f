package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.workload.Requests;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a proxy pod says of its memory on its metrics port, in megabytes. */
record PodMetrics(OptionalDouble liveSet, double heapMax) {

    private static final int METRICS_PORT = 9090;
    private static final double MEBIBYTE = 1 << 20;
    private static final Pattern LIVE_SET = gauge("proxyroute_live_set_bytes");
    private static final Pattern HEAP_MAX = gauge("jvm_memory_max_bytes");

    private static Pattern gauge(String name) {
        return Pattern.compile("^" + name + "(\\{[^}]*})? (\\S+)$", Pattern.MULTILINE);
    }

    /**
     * Asks a pod.
     *
     * @throws IllegalStateException it does not answer
     */
    static PodMetrics of(Requests requests, String namespace, String pod) {
        Requests.Answer answer = requests.getFromPod(namespace, pod, METRICS_PORT, "/metrics");
        if (answer.status() != 200) {
            throw new IllegalStateException("metrics of " + pod + ": status " + answer.status());
        }
        return parse(answer.body());
    }

    /** Reads Prometheus' text format. */
    static PodMetrics parse(String text) {
        Matcher live = LIVE_SET.matcher(text);
        OptionalDouble liveSet = live.find() ? positive(Double.parseDouble(live.group(2))) : OptionalDouble.empty();
        double heapMax = HEAP_MAX.matcher(text)
                .results()
                .filter(each -> each.group(1) != null && each.group(1).contains("area=\"heap\""))
                .mapToDouble(each -> Double.parseDouble(each.group(2)))
                .max()
                .orElse(0);
        return new PodMetrics(liveSet, Math.max(0, heapMax / MEBIBYTE));
    }

    private static OptionalDouble positive(double bytes) {
        return bytes > 0 ? OptionalDouble.of(bytes / MEBIBYTE) : OptionalDouble.empty();
    }
}
