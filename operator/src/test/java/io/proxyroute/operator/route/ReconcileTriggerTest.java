package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.RouteRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconcileTriggerTest {

    private final List<RouteRef> deleted = new ArrayList<>();
    private final ReconcileTrigger signals = new ReconcileTrigger(deleted::add);

    @Test
    void knowsRouteFromCreationToDeletion() {
        assertThat(signals.knows("one")).isFalse();

        signals.onResourceCreated(route("one"));
        assertThat(signals.knows("one")).isTrue();

        signals.onResourceDeleted(route("one"));
        assertThat(signals.knows("one")).isFalse();
        assertThat(deleted).containsExactly(new RouteRef("shop", "web", "one"));
    }

    @Test
    void routeOfSameNameIsAnother() {
        signals.onResourceCreated(route("one"));

        signals.onResourceUpdated(route("two"), route("one"));

        assertThat(signals.knows("one")).isFalse();
        assertThat(signals.knows("two")).isTrue();
        assertThat(deleted).containsExactly(new RouteRef("shop", "web", "one"));
    }

    private static ProxyRoute route(String uid) {
        ProxyRoute route = new ProxyRoute();
        route.getMetadata().setNamespace("shop");
        route.getMetadata().setName("web");
        route.getMetadata().setUid(uid);
        return route;
    }
}
