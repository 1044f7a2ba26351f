package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import java.util.Optional;

/** What is known of the objects of routes without asking the API server. */
public interface ObjectCache {

    /** The cached object, if it is the route's; a write of our own is seen at once. */
    <T extends HasMetadata> Optional<T> get(Class<T> kind, ProxyRoute route, String name);

    /** Puts the result of a write into the cache, so that the next reconciliation does not decide on an older state. */
    <T extends HasMetadata> void written(Class<T> kind, T result, Optional<T> before);
}
