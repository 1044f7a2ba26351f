package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.Quantity;
import io.proxyroute.api.v1alpha1.ProxySpec.Resources;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How many event loops a proxy runs: the CPU limit, rounded up; without a limit the CPU request, rounded up, but at least
 * 2; at most 16. Without this, a proxy on a large node would run a loop for each of the node's processors, and spread its
 * backend connections over all of them.
 */
final class LoopCount {

    private static final int MIN_WITHOUT_LIMIT = 2;
    private static final int MAX = 16;

    private LoopCount() {}

    static int of(Resources resources) {
        int limit = processors(resources.limits().get("cpu"));
        return limit > 0
                ? limit
                : Math.max(MIN_WITHOUT_LIMIT, processors(resources.requests().get("cpu")));
    }

    /** Rounded up, at most {@value #MAX}; 0 if there is no such quantity. */
    private static int processors(Quantity cpu) {
        try {
            return cpu == null
                    ? 0
                    : cpu.getNumericalAmount()
                            .setScale(0, RoundingMode.CEILING)
                            .max(BigDecimal.ZERO)
                            .min(BigDecimal.valueOf(MAX))
                            .intValue();
        } catch (ArithmeticException | IllegalArgumentException e) {
            return 0; // not a quantity: the API server rejects it now, but may have stored it before
        }
    }
}
