package io.proxyroute.operator.route;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.compile.RouteNames;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Triggers the reconciliation of a route when something outside the API server has changed, such as an acknowledgement or
 * a finding. Also reports deleted routes.
 */
public final class ReconcileTrigger extends SimpleInboundEventSource<ProxyRoute>
        implements ResourceEventAware<ProxyRoute> {

    private final Map<String, ResourceID> routes = new ConcurrentHashMap<>();
    private final Consumer<RouteRef> deleted;

    /** @param deleted takes every deleted route; must not block */
    ReconcileTrigger(Consumer<RouteRef> deleted) {
        super("trigger");
        this.deleted = deleted;
    }

    /** Requests a reconciliation of the route; has no effect if it is gone. */
    public void trigger(String routeUid) {
        ResourceID route = routes.get(routeUid);
        if (route != null && isRunning()) {
            propagateEvent(route);
        }
    }

    /** Whether the route exists, by the events received so far. */
    boolean knows(String routeUid) {
        return routes.containsKey(routeUid);
    }

    @Override
    public void onResourceCreated(ProxyRoute route) {
        routes.put(route.getMetadata().getUid(), ResourceID.fromResource(route));
    }

    @Override
    public void onResourceUpdated(ProxyRoute route, ProxyRoute before) {
        if (!route.getMetadata().getUid().equals(before.getMetadata().getUid())) {
            onResourceDeleted(before);
        }
        onResourceCreated(route);
    }

    @Override
    public void onResourceDeleted(ProxyRoute route) {
        routes.remove(route.getMetadata().getUid());
        deleted.accept(RouteNames.ref(route));
    }
}
