package io.proxyroute.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

    @Test
    void fillsEveryName() {
        assertThat(Template.fill("listen ${port}; # ${port} $host", Map.of("port", 80)))
                .isEqualTo("listen 80; # 80 $host");
    }

    @Test
    void refusesNameWithoutValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.fill("${port} ${dir}", Map.of("port", 80)))
                .withMessage("No value for ${dir}");
    }
}
