package io.proxyroute.e2e.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void aPanelIsCutToTheWidthSoThatEachOfItsLinesIsOne() {
        Screen screen = new Screen(out, true, 10);

        screen.panel(List.of("0123456789", "0123456789abc"));
        screen.say("0123456789abc");

        assertThat(written()).isEqualTo("0123456789\n012345678…\n\033[2A\033[J0123456789abc\n");
    }

    @Test
    void whereNothingCanBeOverwrittenThereIsNoPanel() {
        Screen screen = new Screen(out, false, 10);

        screen.panel(List.of("state"));
        screen.say("line");

        assertThat(written()).isEqualTo("line\n");
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
