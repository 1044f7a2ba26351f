package io.proxyroute.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AbCommandTest {

    @Test
    void takesAllSixOrdersInTurn() {
        assertThat(IntStream.range(0, 6).mapToObj(AbCommand::order)).doesNotHaveDuplicates();
        assertThat(AbCommand.order(6)).isEqualTo(AbCommand.order(0));
    }
}
