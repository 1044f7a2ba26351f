package io.proxyroute.e2e.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StepsTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Steps steps = new Steps(new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 80));

    @Test
    void aStepThatIsDoneSaysSo() {
        assertThat(steps.get("Operator", "manifests/base", () -> 7)).isEqualTo(7);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("  ✓ Operator ")
                .endsWith(" s  manifests/base\n");
    }

    @Test
    void aStepThatFailsSaysSoAndFails() {
        assertThatThrownBy(() -> steps.run("Operator", "", () -> {
                    throw new IllegalStateException("not ready");
                }))
                .hasMessage("not ready");

        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("  ✗ Operator ");
    }
}
