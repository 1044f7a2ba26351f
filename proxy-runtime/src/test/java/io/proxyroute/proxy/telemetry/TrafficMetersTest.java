package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.proxyroute.proxy.stream.EndCause;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TrafficMetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TrafficMeters meters = new TrafficMeters(registry, new LatencyHistogram());

    @Test
    void countsExchangesByRuleStatusAndCause() {
        meters.ended(TestExchange.of("api", 200, EndCause.COMPLETED, "/"));
        meters.ended(TestExchange.of("api", 204, EndCause.COMPLETED, "/"));
        meters.ended(TestExchange.of("api", 503, EndCause.NO_ENDPOINT, "/"));
        meters.ended(TestExchange.of(null, 404, EndCause.NO_RULE, "/"));
        meters.ended(TestExchange.of("api", 0, EndCause.CLIENT_GONE, "/"));
        assertThat(registry.scrape())
                .contains("proxyroute_exchange_seconds_count{rule=\"api\",status=\"2xx\"} 2")
                .contains("proxyroute_exchange_seconds_bucket{rule=\"api\",status=\"2xx\",le=\"0.025\"} 2")
                .contains("proxyroute_exchange_seconds_bucket{rule=\"api\",status=\"2xx\",le=\"0.01\"} 0")
                .contains("proxyroute_exchange_seconds_count{rule=\"api\",status=\"none\"} 1")
                .contains("proxyroute_exchange_ends_total{cause=\"NO_ENDPOINT\",rule=\"api\"} 1.0")
                .contains("proxyroute_exchange_ends_total{cause=\"NO_RULE\",rule=\"none\"} 1.0")
                .contains("proxyroute_exchange_retries_total{rule=\"api\"} 4.0")
                .contains("proxyroute_request_body_bytes_total{rule=\"api\"} 40.0");
    }

    @Test
    void removesMetersWithTheirRule() {
        meters.ended(TestExchange.of("old", 200, EndCause.COMPLETED, "/"));
        meters.ended(TestExchange.of("kept", 200, EndCause.COMPLETED, "/"));
        meters.ended(TestExchange.of(null, 404, EndCause.NO_RULE, "/"));
        meters.retain(Set.of("kept"));
        assertThat(registry.scrape())
                .doesNotContain("\"old\"")
                .contains("\"kept\"")
                .contains("\"none\"");
        meters.ended(TestExchange.of("old", 200, EndCause.COMPLETED, "/"));
        assertThat(registry.scrape()).contains("proxyroute_exchange_seconds_count{rule=\"old\",status=\"2xx\"} 1");
    }

    @Test
    void countsRuleThatReturnsWhileItsMetersAreRemoved() throws Exception {
        AtomicReference<TrafficMeters> counting = new AtomicReference<>();
        AtomicReference<Thread> late = new AtomicReference<>();
        PrometheusMeterRegistry interrupted = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT) {
            @Override
            public Meter remove(Meter meter) {
                if (late.get() == null) {
                    Thread other = Thread.ofPlatform()
                            .start(() -> counting.get().ended(TestExchange.of("old", 200, EndCause.COMPLETED, "/")));
                    late.set(other);
                    // Until it has counted, or waits for the removal to finish.
                    await().until(() -> other.getState() == Thread.State.TERMINATED
                            || other.getState() == Thread.State.BLOCKED
                            || other.getState() == Thread.State.WAITING);
                }
                return super.remove(meter);
            }
        };
        counting.set(new TrafficMeters(interrupted, new LatencyHistogram()));
        counting.get().ended(TestExchange.of("old", 200, EndCause.COMPLETED, "/"));
        counting.get().retain(Set.of());
        late.get().join();
        counting.get().ended(TestExchange.of("old", 200, EndCause.COMPLETED, "/"));
        assertThat(interrupted.scrape()).contains("proxyroute_exchange_seconds_count{rule=\"old\",status=\"2xx\"} ");
    }
}
