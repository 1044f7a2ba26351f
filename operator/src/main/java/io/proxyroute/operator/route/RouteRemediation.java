package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.observe.ObservedPod;
import java.util.List;
import java.util.Optional;

/**
 * Connects the reconciler and remediation. Remediation decides and acts on its own threads; only the reconciler writes the
 * route's status.
 */
public interface RouteRemediation {

    /**
     * Takes the result of a reconciliation. Must not block.
     *
     * @param route the cached route; must not be changed
     * @param state the route's state at that moment
     */
    void reconciled(ProxyRoute route, ReconciledState state);

    /** Confirmed findings of the route's pods, as a message, or empty. */
    Optional<String> activeFindings(String routeUid);

    /** What is unknown about the route's pods though they give samples, as a message; empty for nothing. */
    Optional<String> missingData(String routeUid);

    /** Remediation's part of the route's status; empty before the first result. */
    Optional<ProxyRouteStatus.Remediation> status(String routeUid);

    /** The route is gone. Must not block. */
    void forget(String routeUid);

    /**
     * Result of a reconciliation.
     *
     * @param configHash hash of the configuration that the pods should serve, or null
     * @param pods all that have not ended, including detached and terminating ones
     */
    record ReconciledState(String configHash, List<ObservedPod> pods) {}
}
