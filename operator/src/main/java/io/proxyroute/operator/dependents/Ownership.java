package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import java.util.Map;

/** Whose an object is: what somebody else made under a name that a route needs is neither changed nor deleted. */
final class Ownership {

    private Ownership() {}

    /**
     * Whether an object is a route's own, or was made for a route of that name and has no owner any more, as after
     * {@code kubectl delete --cascade=orphan} or from a backup.
     */
    static boolean isOf(ProxyRoute route, HasMetadata object) {
        boolean owned = object.getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getUid)
                .anyMatch(route.getMetadata().getUid()::equals);
        return owned || isOrphanOf(route, object);
    }

    private static boolean isOrphanOf(ProxyRoute route, HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return object.getMetadata().getOwnerReferences().isEmpty()
                && labels != null
                && RouteNames.MANAGED_BY.equals(labels.get(RouteNames.MANAGED_BY_LABEL))
                && route.getMetadata().getName().equals(labels.get(RouteNames.ROUTE_LABEL));
    }

    /** @throws NameConflictException when the object is somebody else's */
    static void require(ProxyRoute route, HasMetadata object) {
        if (!isOf(route, object)) {
            throw new NameConflictException(object);
        }
    }
}
