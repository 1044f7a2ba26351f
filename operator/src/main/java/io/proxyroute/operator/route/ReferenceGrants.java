package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.proxyroute.api.v1alpha1.ProxyRoute;

/** What a ReferenceGrant of the Gateway API allows routes. */
public final class ReferenceGrants {

    private ReferenceGrants() {}

    /**
     * Whether it lets routes of a namespace use a Service of the grant's own namespace.
     *
     * @param routeNamespace where the route is
     * @param serviceName name of a Service in the grant's namespace
     */
    public static boolean grants(ReferenceGrant grant, String routeNamespace, String serviceName) {
        return grant.getSpec().getFrom().stream()
                        .anyMatch(from -> HasMetadata.getGroup(ProxyRoute.class).equals(from.getGroup())
                                && HasMetadata.getKind(ProxyRoute.class).equals(from.getKind())
                                && routeNamespace.equals(from.getNamespace()))
                && grant.getSpec().getTo().stream()
                        .anyMatch(to -> (to.getGroup() == null || to.getGroup().isEmpty())
                                && "Service".equals(to.getKind())
                                && (to.getName() == null
                                        || to.getName().isEmpty()
                                        || to.getName().equals(serviceName)));
    }
}
