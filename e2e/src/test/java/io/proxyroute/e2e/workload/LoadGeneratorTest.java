package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.testbed.load.LoadReport;
import io.proxyroute.testbed.load.LossCause;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private static final LoadReport REPORT =
            new LoadReport.Loss("shop", Instant.EPOCH, 7, LossCause.STATUS, "status 503", 12, null, 3);

    @Test
    void parsesReport() {
        assertThat(LoadGenerator.parse(REPORT.toJson())).contains(REPORT);
    }

    @Test
    void ignoresTruncatedReport() {
        String json = REPORT.toJson();

        assertThat(LoadGenerator.parse(json.substring(0, json.length() / 2))).isEmpty();
    }

    @Test
    void ignoresOutputOfJvm() {
        assertThat(LoadGenerator.parse("Picked up JAVA_TOOL_OPTIONS: -Xmx64m")).isEmpty();
    }
}
