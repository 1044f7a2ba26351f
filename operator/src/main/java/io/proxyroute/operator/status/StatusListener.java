package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** Receives the conditions and Events of routes. Called on the thread that computes them; must not block. */
public interface StatusListener {

    /** The current conditions of a route. */
    void onConditions(String routeUid, List<Condition> conditions);

    /** The route was deleted. */
    void onRouteDeleted(String routeUid);

    /** @param cause why a proxy died, in lower case */
    void onProxyDied(String cause);

    /** @param reason name of a {@link Reason} */
    void onEvent(EventRecorder.Type type, String reason);
}
