package io.proxyroute.e2e.churn;

import io.proxyroute.e2e.workload.PodMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a pod held over the time of constant load. The load is the same at both ends, so what is higher in the last third
 * than in the first one grew with the changes.
 */
final class Growth {

    private static final int THIRDS = 3;
    private static final double RELATIVE = 0.2;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * @param unit after the figure
     * @param slack how much more is no growth yet, beside a fifth of the first third
     */
    private record Quantity(String name, String unit, double slack, ToDoubleFunction<PodMetrics> of) {}

    private static final List<Quantity> QUANTITIES = List.of(
            new Quantity("leases", "", 4, each -> each.sum("proxyroute_pool_connections", "state=\"active\"")),
            new Quantity("connections", "", 32, each -> each.sum("proxyroute_pool_connections")),
            new Quantity("things held", "", 8, each -> each.sum("proxyroute_ledger_held")),
            new Quantity(
                    "buffers",
                    " MiB",
                    4,
                    each -> each.sum("proxyroute_memory_direct_bytes", "owner=\"netty\"") / MEBIBYTE),
            new Quantity("threads", "", 2, each -> each.sum("jvm_threads_live_threads")),
            new Quantity("virtual threads", "", 8, each -> each.sum("proxyroute_threads_virtual")));

    private final Map<String, List<Double>> samples = new LinkedHashMap<>();

    /** Adds what a pod tells now. */
    void add(PodMetrics metrics) {
        QUANTITIES.forEach(quantity -> samples.computeIfAbsent(quantity.name(), name -> new ArrayList<>())
                .add(quantity.of().applyAsDouble(metrics)));
    }

    /** Whether there are enough samples to judge. */
    boolean isJudgeable() {
        return samples.values().stream().allMatch(each -> each.size() >= THIRDS * 2) && !samples.isEmpty();
    }

    /** One line: each quantity, from the median of the first third to that of the last. */
    String describe() {
        StringBuilder line = new StringBuilder();
        QUANTITIES.forEach(quantity -> line.append(line.isEmpty() ? "" : ", ")
                .append(String.format(
                        Locale.ROOT,
                        "%s %.0f → %.0f%s",
                        quantity.name(),
                        first(quantity),
                        last(quantity),
                        quantity.unit())));
        return line.toString();
    }

    /** What grew; empty when nothing did. */
    Optional<String> complaint() {
        List<String> grown = QUANTITIES.stream()
                .filter(quantity -> last(quantity) > first(quantity) * (1 + RELATIVE) + quantity.slack())
                .map(Quantity::name)
                .toList();
        return grown.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", grown) + " grew");
    }

    private double first(Quantity quantity) {
        List<Double> all = samples.get(quantity.name());
        return median(all.subList(0, all.size() / THIRDS));
    }

    private double last(Quantity quantity) {
        List<Double> all = samples.get(quantity.name());
        return median(all.subList(all.size() - all.size() / THIRDS, all.size()));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
