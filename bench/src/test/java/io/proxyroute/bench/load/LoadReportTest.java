package io.proxyroute.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    @Test
    void readsLastLineOfScript() throws IOException {
        LoadReport report = LoadReport.parse("""
                Running 5s test @ http://127.0.0.1:18080/
                Requests/sec:  12000.00

                {"requests":60000,"errors":3,"durationMicros":5000000,"p50Micros":504,"p99Micros":1800}
                """);

        assertThat(report).isEqualTo(new LoadReport(60_000, 3, 5_000_000, 504, 1800));
    }

    @Test
    void failsWithOutputIfReportIsMissing() {
        assertThatIOException()
                .isThrownBy(() -> LoadReport.parse("unable to connect to 127.0.0.1:1 Connection refused"))
                .withMessageContaining("Connection refused");
    }
}
