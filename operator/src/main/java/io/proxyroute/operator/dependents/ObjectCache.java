package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import java.util.Optional;

/** Cached objects of routes. */
public interface ObjectCache {

    /** Returns the cached object if it belongs to the route. It reflects the operator's own writes immediately. */
    <T extends HasMetadata> Optional<T> get(Class<T> kind, ProxyRoute route, String name);

    /** Stores the result of a write, so that the next reconciliation does not use an older state. */
    <T extends HasMetadata> void recordWrite(Class<T> kind, T result, Optional<T> before);
}
