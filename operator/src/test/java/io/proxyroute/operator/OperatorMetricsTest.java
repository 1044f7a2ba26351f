package io.proxyroute.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Reason;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorMetricsTest {

    private final OperatorMetrics metrics = new OperatorMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void countsRoutesByReasonOfCondition() {
        metrics.onConditions("a", List.of(condition(Reason.RejectedByProxy), condition(Reason.Programmed)));
        metrics.onConditions("b", List.of(condition(Reason.RejectedByProxy), condition(Reason.Pending)));
        metrics.onConditions("c", List.of(condition(Reason.Accepted), condition(Reason.Pending)));

        assertThat(metrics.scrape())
                .contains("proxyroute_routes{condition=\"Accepted\",reason=\"RejectedByProxy\"} 2.0")
                .contains("proxyroute_routes{condition=\"Programmed\",reason=\"Pending\"} 2.0")
                .contains("proxyroute_routes{condition=\"Programmed\",reason=\"Programmed\"} 1.0")
                .contains("proxyroute_routes{condition=\"Healthy\",reason=\"Unhealthy\"} 0.0");
    }

    @Test
    void dropsRouteThatRecoversOrIsDeleted() {
        metrics.onConditions("a", List.of(condition(Reason.RejectedByProxy)));
        metrics.onConditions("b", List.of(condition(Reason.RejectedByProxy)));

        metrics.onConditions("a", List.of(condition(Reason.Accepted)));
        metrics.onRouteDeleted("b");

        assertThat(metrics.scrape())
                .contains("proxyroute_routes{condition=\"Accepted\",reason=\"RejectedByProxy\"} 0.0")
                .contains("proxyroute_routes{condition=\"Accepted\",reason=\"Accepted\"} 1.0");
    }

    @Test
    void countsEventsByReasonWithBoundedMeters() {
        metrics.onEvent(EventRecorder.Type.Warning, Reason.ReconcileFailed.name());
        int before = metrics.registry().getMeters().size();
        for (int route = 0; route < 100; route++) {
            metrics.onConditions("route-" + route, List.of(condition(Reason.Accepted)));
            metrics.onEvent(EventRecorder.Type.Warning, Reason.ReconcileFailed.name());
        }

        assertThat(metrics.registry().getMeters()).hasSize(before);
        assertThat(metrics.scrape())
                .contains("proxyroute_events_total{reason=\"ReconcileFailed\",type=\"Warning\"} 101.0");
    }

    private static Condition condition(Reason reason) {
        return new ConditionBuilder()
                .withType(reason.condition().name())
                .withReason(reason.name())
                .build();
    }
}
