package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.observe.ObservedPod;
import java.util.List;
import java.util.Optional;

/**
 * What the control loop and remediation tell each other. Remediation decides and acts on its own threads; the loop is
 * the only one that writes the route's status.
 */
public interface RouteRemediation {

    /**
     * Hands over what one reconciliation saw. Must not block.
     *
     * @param route as cached; not to be changed
     * @param facts of the moment
     */
    void reconciled(ProxyRoute route, Facts facts);

    /** What is found wrong with the route's pods at the moment, in a sentence; empty for nothing. */
    Optional<String> trouble(String routeUid);

    /** What cannot be told of the route's pods though they give samples, in a sentence; empty for nothing. */
    Optional<String> doubt(String routeUid);

    /** The part of the route's status that is remediation's; empty before the first look. */
    Optional<ProxyRouteStatus.Remediation> status(String routeUid);

    /** The route is gone. Must not block. */
    void forget(String routeUid);

    /**
     * What one reconciliation saw.
     *
     * @param configHash what the pods should serve; null for nothing
     * @param pods all that have not ended, detached and ending ones included
     */
    record Facts(String configHash, List<ObservedPod> pods) {}
}
