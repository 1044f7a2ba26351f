package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.Quantity;
import io.proxyroute.api.v1alpha1.ProxySpec.Resources;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shares a container's memory limit out: heap + Netty's direct memory + the JDK's direct memory + what the JVM itself
 * needs. Nothing the process allocates by design can then pass the limit, so the kernel has no reason to kill it.
 *
 * @param heapMiB the largest heap
 * @param nettyMiB Netty's buffers
 * @param directMiB direct buffers of the JDK, those of filters included
 */
record JvmSizing(long heapMiB, long nettyMiB, long directMiB) {

    private static final long MIB = 1024 * 1024;
    /** Metaspace, code cache, thread stacks, the collector's tables. */
    private static final long OVERHEAD_MIB = 120;

    private static final long SMALLEST_LIMIT_MIB = 192;
    /** More than any node has, and little enough to reckon with. */
    private static final BigDecimal MOST_MIB = BigDecimal.valueOf(1L << 30);

    private static final int HEAP_PERCENT = 60;
    private static final int NETTY_PERCENT = 25;

    static JvmSizing of(Resources resources) {
        long shared = limitMiB(resources) - OVERHEAD_MIB;
        long heap = shared * HEAP_PERCENT / 100;
        long netty = shared * NETTY_PERCENT / 100;
        return new JvmSizing(heap, netty, shared - heap - netty);
    }

    /** Says so when the limit is too small for a proxy, or missing. */
    static Optional<Problem> problem(Resources resources) {
        long limit = limitMiB(resources);
        return limit >= SMALLEST_LIMIT_MIB
                ? Optional.empty()
                : Optional.of(new Problem(
                        Reason.InsufficientMemory,
                        "spec.proxy.resources.limits.memory",
                        limit == 0
                                ? "A memory limit is needed, since heap and direct memory are derived from it; at least %dMi."
                                        .formatted(SMALLEST_LIMIT_MIB)
                                : "%dMi are too little for a proxy; at least %dMi are needed."
                                        .formatted(limit, SMALLEST_LIMIT_MIB)));
    }

    /** The options of the JVM, the user's last. */
    String options(List<String> users) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx" + heapMiB + "m",
                "-XX:MaxDirectMemorySize=" + directMiB + "m",
                "-Dio.netty.maxDirectMemory=" + nettyMiB * MIB,
                "-XX:+UseG1GC",
                "-XX:+ExitOnOutOfMemoryError"));
        options.addAll(users);
        return String.join(" ", options);
    }

    private static long limitMiB(Resources resources) {
        Quantity memory = resources.limits().get("memory");
        try {
            return memory == null
                    ? 0
                    : memory.getNumericalAmount()
                            .divideToIntegralValue(BigDecimal.valueOf(MIB))
                            .min(MOST_MIB)
                            .longValue();
        } catch (ArithmeticException | IllegalArgumentException e) {
            return 0; // no quantity at all: what the API server refuses now may have been stored before
        }
    }
}
