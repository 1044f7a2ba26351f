package io.proxyroute.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void weightsFiguresPerRequestByRequests() {
        Sample together = Sample.of(List.of(new Sample(100, 50, 20, 1, 4, 1000), new Sample(300, 150, 40, 3, 8, 2000)));

        assertThat(together).isEqualTo(new Sample(400, 100, 35, 2, 6, 1750));
    }
}
