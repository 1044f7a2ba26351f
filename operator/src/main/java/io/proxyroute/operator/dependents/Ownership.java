package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import java.util.Map;

/**
 * Decides whether an object belongs to a route. The operator never changes or deletes an unrelated object that has the
 * name of one of its own.
 */
final class Ownership {

    private Ownership() {}

    /**
     * Whether the route owns the object, or the object was created for a route of that name and no longer has an owner,
     * for example after {@code kubectl delete --cascade=orphan} or a restore from a backup.
     */
    static boolean isOwnedBy(ProxyRoute route, HasMetadata object) {
        boolean owned = object.getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getUid)
                .anyMatch(route.getMetadata().getUid()::equals);
        return owned || isOrphanedBy(route, object);
    }

    private static boolean isOrphanedBy(ProxyRoute route, HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return object.getMetadata().getOwnerReferences().isEmpty()
                && labels != null
                && RouteNames.MANAGED_BY.equals(labels.get(RouteNames.MANAGED_BY_LABEL))
                && route.getMetadata().getName().equals(labels.get(RouteNames.ROUTE_LABEL));
    }

    /** @throws NameConflictException if the object does not belong to the route */
    static void requireOwned(ProxyRoute route, HasMetadata object) {
        if (!isOwnedBy(route, object)) {
            throw new NameConflictException(object);
        }
    }
}
