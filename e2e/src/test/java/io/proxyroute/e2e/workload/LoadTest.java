package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.testbed.load.LoadLine;
import io.proxyroute.testbed.load.LossCause;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final LoadLine LINE =
            new LoadLine.Loss("shop", Instant.EPOCH, 7, LossCause.STATUS, "status 503", 12, null, 3);

    @Test
    void aLineIsRead() {
        assertThat(Load.parse(LINE.toJson())).contains(LINE);
    }

    @Test
    void aLineThatIsCutIsLeftOut() {
        String whole = LINE.toJson();

        assertThat(Load.parse(whole.substring(0, whole.length() / 2))).isEmpty();
    }

    @Test
    void whatIsNotTheGeneratorsIsLeftOut() {
        assertThat(Load.parse("Picked up JAVA_TOOL_OPTIONS: -Xmx64m")).isEmpty();
    }
}
