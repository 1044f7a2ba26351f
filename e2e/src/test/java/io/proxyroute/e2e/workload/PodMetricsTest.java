package io.proxyroute.e2e.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PodMetricsTest {

    @Test
    void parsesPrometheusTextFormat() {
        PodMetrics metrics = PodMetrics.parse("""
                # TYPE jvm_memory_max_bytes gauge
                jvm_memory_max_bytes{area="heap",id="G1 Eden Space"} -1.0
                jvm_memory_max_bytes{area="heap",id="G1 Old Gen"} 1.34217728E8
                jvm_memory_max_bytes{area="nonheap",id="Metaspace"} 9.9E9
                # TYPE proxyroute_live_set_bytes gauge
                proxyroute_live_set_bytes 1.572864E7
                leaks{filter="a",site="X.y(X.java:3)"} 2.0
                leaks{filter="b",site="X.z(X.java:9)"} 3.0
                """);

        assertThat(metrics.heapMax()).isEqualTo(128);
        assertThat(metrics.liveSet()).hasValue(15);
        assertThat(metrics.sum("leaks")).isEqualTo(5);
        assertThat(metrics.sum("leaks", "filter=\"b\"", "X.z")).isEqualTo(3);
        assertThat(metrics.sum("none")).isZero();
    }

    @Test
    void liveSetIsEmptyBeforeFirstMeasurement() {
        assertThat(PodMetrics.parse("proxyroute_live_set_bytes NaN\n").liveSet())
                .isEmpty();
        assertThat(PodMetrics.parse("").liveSet()).isEmpty();
    }
}
