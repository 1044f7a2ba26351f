package io.proxyroute.e2e.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StepReporterTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StepReporter steps =
            new StepReporter(new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, false, 80));

    @Test
    void reportsSuccessfulStep() {
        assertThat(steps.call("Operator", "manifests/base", () -> 7)).isEqualTo(7);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("  ✓ Operator ")
                .endsWith(" s  manifests/base\n");
    }

    @Test
    void reportsFailedStepAndRethrows() {
        assertThatThrownBy(() -> steps.run("Operator", "", () -> {
                    throw new IllegalStateException("not ready");
                }))
                .hasMessage("not ready");

        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("  ✗ Operator ");
    }
}
