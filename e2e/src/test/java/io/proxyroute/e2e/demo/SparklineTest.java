package io.proxyroute.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SparklineTest {

    @Test
    void drawsNewestValuesOnRight() {
        assertThat(Sparkline.of(List.of(0.0, 1.0, 4.0, 8.0), 8, 4)).isEqualTo(" ▁▄█");
        assertThat(Sparkline.of(List.of(8.0, 1.0), 8, 4)).isEqualTo("  █▁");
        assertThat(Sparkline.of(List.of(1.0, 2.0, 8.0), 8, 2)).isEqualTo("▂█");
    }

    @Test
    void clampsValuesToChartHeight() {
        assertThat(Sparkline.of(List.of(99.0, -1.0), 8, 2)).isEqualTo("█ ");
        assertThat(Sparkline.of(List.of(5.0), 0, 2)).isEqualTo("  ");
    }
}
