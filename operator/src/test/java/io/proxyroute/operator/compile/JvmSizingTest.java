package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.proxyroute.api.v1alpha1.ProxySpec.Resources;
import io.proxyroute.operator.status.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmSizingTest {

    @ParameterizedTest
    @CsvSource({"512Mi, 235", "536870912, 235", "1Gi, 542", "2e9, 1072"})
    void heapIsAShareOfTheLimit(String limit, long heapMiB) {
        assertThat(JvmSizing.problem(limit(Quantity.parse(limit)))).isEmpty();
        assertThat(JvmSizing.of(limit(Quantity.parse(limit))).heapMiB()).isEqualTo(heapMiB);
    }

    @Test
    void doesNotOverflowForHugeLimit() {
        JvmSizing sizing = JvmSizing.of(limit(Quantity.parse("9e99")));

        assertThat(sizing.heapMiB())
                .isGreaterThan(JvmSizing.of(limit(Quantity.parse("1Ti"))).heapMiB());
        assertThat(sizing.nettyMiB()).isPositive();
        assertThat(sizing.directMiB()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"128, Mi", "1, Zi", "lots, Mi", "-1, Gi"})
    void reportsTooLowAndMalformedLimits(String amount, String unit) {
        assertThat(JvmSizing.problem(limit(new Quantity(amount, unit))))
                .hasValueSatisfying(problem -> assertThat(problem.reason()).isEqualTo(Reason.InsufficientMemory));
    }

    private static Resources limit(Quantity memory) {
        return new Resources(Map.of(), Map.of("memory", memory));
    }
}
