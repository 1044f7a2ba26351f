package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.proxyroute.contract.telemetry.PoolUsage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolMetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PoolMeters meters = new PoolMeters(registry);

    @Test
    void registersMeterForEachPoolValue() {
        meters.refresh(List.of(new PoolUsage("b", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1500, 0.0)));

        assertThat(registry.scrape())
                .contains("proxyroute_pool_endpoints{backend=\"b\"} 2.0")
                .contains("proxyroute_pool_connections{backend=\"b\",state=\"active\"} 3.0")
                .contains("proxyroute_pool_connections{backend=\"b\",state=\"idle\"} 4.0")
                .contains("proxyroute_pool_pending{backend=\"b\"} 5.0")
                .contains("proxyroute_pool_max_per_endpoint{backend=\"b\"} 6.0")
                .contains("proxyroute_pool_acquires_total{backend=\"b\"} 8.0")
                .contains("proxyroute_pool_acquire_timeouts_total{backend=\"b\"} 9.0")
                .contains("proxyroute_pool_suspected_total{backend=\"b\"} 10.0")
                .contains("proxyroute_pool_abandoned_total{backend=\"b\"} 11.0")
                .contains("proxyroute_pool_acquire_p99_seconds{backend=\"b\"} 1.5");
    }

    @Test
    void removesMetersWithTheirBackend() {
        meters.refresh(List.of(new PoolUsage("b", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1500, 0.0)));
        meters.refresh(List.of());

        assertThat(registry.scrape()).doesNotContain("backend=\"b\"");
    }
}
