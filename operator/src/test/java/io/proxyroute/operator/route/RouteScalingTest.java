package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteScalingTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void doesNotScaleInDuringReplacement() {
        assertThat(replicasOverTime(spec(9), true)).isEqualTo(3);
        assertThat(replicasOverTime(spec(9), false)).isEqualTo(1);
    }

    @Test
    void scalesInToMaximumDuringReplacement() {
        assertThat(replicasOverTime(spec(2), true)).isEqualTo(2);
    }

    /** Of three pods without a connection. */
    private int replicasOverTime(AutoscalingSpec spec, boolean replacing) {
        RouteScaling scaling = new RouteScaling();
        int replicas = 3;
        for (int second = 0; second < 30; second++) {
            replicas = scaling.replicas(spec, replicas, idle(), replacing, START.plusSeconds(second))
                    .replicas();
        }
        return replicas;
    }

    private static AutoscalingSpec spec(int max) {
        return new KubernetesSerialization()
                .unmarshal("""
                        listeners: [{name: http, port: 8080}]
                        autoscaling: {mode: Operator, min: 1, max: %d, interval: 1s, scaleDownStabilization: 5s}
                        """.formatted(max), ProxyRouteSpec.class)
                .autoscaling();
    }

    private static RecentSnapshots idle() {
        return OnePod.at(START, new Snapshot.Traffic(0, 0, 0, 0, 0L, 0, 0, 0, 0), List.of(), null);
    }
}
