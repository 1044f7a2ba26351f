package io.proxyroute.e2e.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordWrapTest {

    @Test
    void indentsFurtherLinesToLabel() {
        assertThat(WordWrap.wrap("Label ", "one two three", 13)).containsExactly("Label one two", "      three");
    }

    @Test
    void keepsLineBreaksAndLongWords() {
        assertThat(WordWrap.wrap("- ", "one\nsixteen-letters two", 8))
                .containsExactly("- one", "  sixteen-letters", "  two");
    }
}
