package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.status.StatusInput.Health;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteHealthTest {

    private static final Optional<String> NONE = Optional.empty();

    private final ProxyRoute route = new KubernetesSerialization().unmarshal("""
            apiVersion: proxyroute.io/v1alpha1
            kind: ProxyRoute
            metadata: {namespace: shop, name: shop}
            spec: {listeners: [{name: http, port: 8080}]}
            """, ProxyRoute.class);
    private final RecentSnapshots sampled = OnePod.at(Instant.EPOCH, null, List.of(), null);

    @Test
    void findingIsUnhealthy() {
        assertThat(RouteHealth.of(
                        route,
                        sampled,
                        NONE,
                        Optional.of("a leaks."),
                        Optional.of("b is not measured."),
                        Instant.EPOCH))
                .isEqualTo(new Health.Unhealthy("a leaks."));
    }

    @Test
    void missingDataIsUnknown() {
        assertThat(RouteHealth.of(route, sampled, NONE, NONE, Optional.of("a is not measured."), Instant.EPOCH))
                .isEqualTo(new Health.Unknown("a is not measured."));
        assertThat(RouteHealth.of(
                        route, new RecentSnapshots(sampled.serving(), Map.of()), NONE, NONE, NONE, Instant.EPOCH))
                .isInstanceOf(Health.Unknown.class);
        assertThat(RouteHealth.of(route, new RecentSnapshots(List.of(), Map.of()), NONE, NONE, NONE, Instant.EPOCH))
                .isInstanceOf(Health.Unknown.class);
    }

    @Test
    void newPodMayBeWithoutSample() {
        ObservedPod known = sampled.serving().getFirst();
        ObservedPod fresh = new ObservedPod(
                known.route(), null, "b", "uid-b", "node", "1", true, true, false, Instant.EPOCH, Instant.EPOCH);
        RecentSnapshots both = new RecentSnapshots(
                List.of(known, fresh), Map.of("uid-a", sampled.of(known).orElseThrow()));

        assertThat(RouteHealth.of(route, both, NONE, NONE, NONE, Instant.EPOCH.plusSeconds(59)))
                .isInstanceOf(Health.Healthy.class);
        assertThat(RouteHealth.of(route, both, NONE, NONE, NONE, Instant.EPOCH.plusSeconds(60)))
                .isEqualTo(new Health.Unknown("1 of 2 ready pods have no recent snapshot, for example b."));
    }

    @Test
    void samplesWithoutFindingAreHealthy() {
        assertThat(RouteHealth.of(route, sampled, NONE, NONE, NONE, Instant.EPOCH))
                .isInstanceOf(Health.Healthy.class);
    }
}
