package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.proxyroute.api.v1alpha1.ProxySpec.Resources;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopCountTest {

    @ParameterizedTest(name = "request {0}, limit {1}: {2} loops")
    @CsvSource({
        "'', '', 2",
        "100m, '', 2",
        "2500m, '', 3",
        "100m, 250m, 1",
        "'', 1, 1",
        "'', 1001m, 2",
        "1, 4, 4",
        "'', 64, 16",
        "40, '', 16",
        "'', 0, 2",
    })
    void followsLimitThenRequest(String request, String limit, int loops) {
        assertThat(LoopCount.of(new Resources(cpu(request), cpu(limit)))).isEqualTo(loops);
    }

    private static Map<String, Quantity> cpu(String amount) {
        return amount.isEmpty() ? Map.of() : Map.of("cpu", new Quantity(amount));
    }
}
