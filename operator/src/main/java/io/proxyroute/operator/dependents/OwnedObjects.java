package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cached state of the objects that routes own, with one informer per kind for objects with the operator's label. A
 * change to an object triggers a reconciliation of its owner. Secrets are not cached, because the operator must not
 * list them. Thread-safe.
 */
public final class OwnedObjects implements ObjectCache {

    private static final List<Class<? extends HasMetadata>> KINDS = List.of(
            ServiceAccount.class,
            Service.class,
            PodDisruptionBudget.class,
            NetworkPolicy.class,
            Deployment.class,
            ConfigMap.class);

    private final Map<Class<? extends HasMetadata>, InformerEventSource<? extends HasMetadata, ProxyRoute>> sources =
            new LinkedHashMap<>();

    /** Creates the informers; the framework starts them. */
    public OwnedObjects(EventSourceContext<ProxyRoute> context) {
        KINDS.forEach(kind -> sources.put(kind, source(kind, context)));
    }

    private static <T extends HasMetadata> InformerEventSource<T, ProxyRoute> source(
            Class<T> kind, EventSourceContext<ProxyRoute> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, ProxyRoute.class)
                        .withName("owned-" + HasMetadata.getPlural(kind))
                        .withLabelSelector(RouteNames.MANAGED_BY_LABEL + "=" + RouteNames.MANAGED_BY)
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    /** The informers, to be registered with the framework. */
    public List<EventSource<?, ProxyRoute>> eventSources() {
        return List.copyOf(sources.values());
    }

    @Override
    public <T extends HasMetadata> Optional<T> get(Class<T> kind, ProxyRoute route, String name) {
        return source(kind)
                .get(new ResourceID(name, route.getMetadata().getNamespace()))
                .filter(object -> Ownership.isOwnedBy(route, object));
    }

    @Override
    public <T extends HasMetadata> void recordWrite(Class<T> kind, T result, Optional<T> before) {
        ResourceID id = ResourceID.fromResource(result);
        if (before.isPresent()) {
            source(kind).handleRecentResourceUpdate(id, result, before.get());
        } else {
            source(kind).handleRecentResourceCreate(id, result);
        }
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> InformerEventSource<T, ProxyRoute> source(Class<T> kind) {
        return (InformerEventSource<T, ProxyRoute>) sources.get(kind);
    }
}
