package io.proxyroute.e2e.churn;

import io.proxyroute.e2e.workload.PodMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The resource usage of a pod under constant load. How many exchanges are in flight varies with the machine, so the lowest
 * usage is compared: if it is higher in the last third of the time than in the first, something is not released.
 */
final class ResourceTrend {

    private static final int THIRDS = 3;
    private static final double TOLERATED_RATIO = 0.2;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * A measured quantity.
     *
     * @param name name for messages
     * @param unit suffix of the figure
     * @param slack tolerated increase in addition to {@link #TOLERATED_RATIO}
     * @param value reads it from the metrics
     */
    private record Quantity(String name, String unit, double slack, ToDoubleFunction<PodMetrics> value) {}

    private static final List<Quantity> QUANTITIES = List.of(
            new Quantity("leases", "", 4, each -> each.sum("proxyroute_pool_connections", "state=\"active\"")),
            new Quantity("connections", "", 32, each -> each.sum("proxyroute_pool_connections")),
            new Quantity("ledger entries", "", 8, each -> each.sum("proxyroute_ledger_held")),
            new Quantity(
                    "buffers",
                    " MiB",
                    4,
                    each -> each.sum("proxyroute_memory_direct_bytes", "owner=\"netty\"") / MEBIBYTE),
            new Quantity("threads", "", 2, each -> each.sum("jvm_threads_live_threads")),
            new Quantity("virtual threads", "", 8, each -> each.sum("proxyroute_threads_virtual")));

    private final Map<String, List<Double>> samples = new LinkedHashMap<>();

    /** Adds a sample. */
    void add(PodMetrics metrics) {
        QUANTITIES.forEach(quantity -> samples.computeIfAbsent(quantity.name(), name -> new ArrayList<>())
                .add(quantity.value().applyAsDouble(metrics)));
    }

    /** Whether there are enough samples to compare. */
    boolean isConclusive() {
        return samples.values().stream().allMatch(each -> each.size() >= THIRDS * 2) && !samples.isEmpty();
    }

    /** Each quantity with its minimum in the first and in the last third, in one line. */
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

    /** Says which quantities grew; empty if none did. */
    Optional<String> failure() {
        List<String> grown = QUANTITIES.stream()
                .filter(quantity -> last(quantity) > first(quantity) * (1 + TOLERATED_RATIO) + quantity.slack())
                .map(Quantity::name)
                .toList();
        return grown.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", grown) + " grew");
    }

    private double first(Quantity quantity) {
        List<Double> values = samples.get(quantity.name());
        return Collections.min(values.subList(0, values.size() / THIRDS));
    }

    private double last(Quantity quantity) {
        List<Double> values = samples.get(quantity.name());
        return Collections.min(values.subList(values.size() - values.size() / THIRDS, values.size()));
    }
}
