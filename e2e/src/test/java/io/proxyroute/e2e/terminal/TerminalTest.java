package io.proxyroute.e2e.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void truncatesPanelLinesToTerminalWidth() {
        Terminal terminal = new Terminal(out, true, false, 10);

        terminal.showPanel(List.of("0123456789", "0123456789abc"));
        terminal.println("0123456789abc");

        assertThat(written()).isEqualTo("0123456789\n012345678…\n\033[2A\033[J0123456789abc\n");
    }

    @Test
    void omitsPanelWithoutTerminal() {
        Terminal terminal = new Terminal(out, false, false, 10);

        terminal.showPanel(List.of("state"));
        terminal.println("line");

        assertThat(written()).isEqualTo("line\n");
    }

    @Test
    void colorsMarksOnlyWhenColored() {
        new Terminal(out, true, true, 10).println("✓ ok");
        new Terminal(out, true, false, 10).println("✓ ok");

        assertThat(written()).isEqualTo("\033[32m✓\033[0m ok\n✓ ok\n");
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
