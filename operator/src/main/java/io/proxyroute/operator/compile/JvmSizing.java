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
 * Divides a container's memory limit into heap, Netty's direct memory, the JDK's direct memory and the overhead of the
 * JVM. The sum of these limits never exceeds the container's limit, so that the kernel does not kill the process.
 *
 * @param heapMiB maximum heap
 * @param nettyMiB maximum of Netty's buffers
 * @param directMiB maximum of the JDK's direct buffers, including those of filters
 */
record JvmSizing(long heapMiB, long nettyMiB, long directMiB) {

    private static final long MIB = 1024 * 1024;
    /** Metaspace, code cache, thread stacks and data structures of the collector. */
    private static final long OVERHEAD_MIB = 120;

    private static final long MIN_LIMIT_MIB = 192;
    /** More memory than any node has, and small enough not to overflow. */
    private static final BigDecimal MAX_LIMIT_MIB = BigDecimal.valueOf(1L << 30);

    private static final int HEAP_PERCENT = 60;
    private static final int NETTY_PERCENT = 25;

    static JvmSizing of(Resources resources) {
        long shared = limitMiB(resources) - OVERHEAD_MIB;
        long heap = shared * HEAP_PERCENT / 100;
        long netty = shared * NETTY_PERCENT / 100;
        return new JvmSizing(heap, netty, shared - heap - netty);
    }

    /** The problem of a limit that is missing or too low for a proxy. */
    static Optional<Problem> problem(Resources resources) {
        long limit = limitMiB(resources);
        return limit >= MIN_LIMIT_MIB
                ? Optional.empty()
                : Optional.of(new Problem(
                        Reason.InsufficientMemory,
                        "spec.proxy.resources.limits.memory",
                        limit == 0
                                ? "is missing, but must be at least %dMi: heap and direct memory are derived from it."
                                        .formatted(MIN_LIMIT_MIB)
                                : "is %dMi, but must be at least %dMi.".formatted(limit, MIN_LIMIT_MIB)));
    }

    /** The options of the JVM, with the user's last. */
    String options(List<String> userOptions) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx" + heapMiB + "m",
                "-XX:MaxDirectMemorySize=" + directMiB + "m",
                "-Dio.netty.maxDirectMemory=" + nettyMiB * MIB,
                "-XX:+UseG1GC",
                "-XX:+ExitOnOutOfMemoryError"));
        options.addAll(userOptions);
        return String.join(" ", options);
    }

    private static long limitMiB(Resources resources) {
        Quantity memory = resources.limits().get("memory");
        try {
            return memory == null
                    ? 0
                    : memory.getNumericalAmount()
                            .divideToIntegralValue(BigDecimal.valueOf(MIB))
                            .min(MAX_LIMIT_MIB)
                            .longValue();
        } catch (ArithmeticException | IllegalArgumentException e) {
            return 0; // malformed: stored before the API server validated quantities
        }
    }
}
