package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RuleSpec;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.operator.compile.BackendServices;
import io.proxyroute.operator.endpoints.EndpointResolver;
import io.proxyroute.operator.endpoints.ServicePortRef;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Caches Services, EndpointSlices and ReferenceGrants; a change triggers the routes that use them. */
final class ClusterBackends implements BackendServices {

    private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";
    private static final String BY_SERVICE = "service";

    private final InformerEventSource<Service, ProxyRoute> services;
    private final InformerEventSource<EndpointSlice, ProxyRoute> slices;
    private final ReferenceGrantSource grants;
    private final ServiceUsers users = new ServiceUsers();

    ClusterBackends(EventSourceContext<ProxyRoute> context) {
        services = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Service.class, ProxyRoute.class)
                        .withName("backend-services")
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper((Service service) -> users.of(key(
                                service.getMetadata().getNamespace(),
                                service.getMetadata().getName())))
                        .build(),
                context);
        slices = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(EndpointSlice.class, ProxyRoute.class)
                        .withName("backend-endpoints")
                        .withNamespacesInheritedFromController()
                        .withLabelSelector(SERVICE_NAME_LABEL)
                        .withSecondaryToPrimaryMapper((EndpointSlice slice) -> users.of(serviceKey(slice)))
                        .build(),
                context);
        grants = new ReferenceGrantSource(context.getClient(), watched(context), users::ofNamespace);
        slices.addIndexers(Map.of(BY_SERVICE, slice -> List.of(serviceKey(slice))));
    }

    List<EventSource<?, ProxyRoute>> eventSources() {
        return List.of(services, slices, grants);
    }

    /** The namespaces that the operator watches; empty for all. */
    private static Set<String> watched(EventSourceContext<ProxyRoute> context) {
        InformerConfiguration<ProxyRoute> config =
                context.getControllerConfiguration().getInformerConfig();
        return config.watchAllNamespaces()
                ? Set.of()
                : config.getEffectiveNamespaces(context.getControllerConfiguration());
    }

    /** Sets which Services a route depends on, as {@code namespace/name}. */
    void uses(ResourceID route, Set<String> serviceKeys) {
        users.set(route, serviceKeys);
    }

    /** Services that routes of a namespace may use; without a grant, a Service of another namespace has no addresses. */
    EndpointResolver.Source grantedTo(String routeNamespace) {
        return new EndpointResolver.Source() {
            @Override
            public Optional<Service> service(String namespace, String name) {
                boolean denied =
                        !namespace.equals(routeNamespace) && grant(routeNamespace, namespace, name) == Grant.MISSING;
                return denied ? Optional.empty() : ClusterBackends.this.service(namespace, name);
            }

            @Override
            public Collection<EndpointSlice> slices(String namespace, String serviceName) {
                return ClusterBackends.this.slices(namespace, serviceName);
            }
        };
    }

    @Override
    public Grant grant(String routeNamespace, String serviceNamespace, String serviceName) {
        return grants.grant(routeNamespace, serviceNamespace, serviceName);
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.get(new ResourceID(name, namespace));
    }

    private Collection<EndpointSlice> slices(String namespace, String serviceName) {
        return slices.byIndex(BY_SERVICE, key(namespace, serviceName));
    }

    /** The Services that the spec and the backends in use depend on, as {@code namespace/name}. */
    static Set<String> servicesOf(ProxyRoute route, List<Backend> inUse) {
        Set<String> keys = new HashSet<>();
        List<RuleSpec> rules =
                route.getSpec() == null ? List.of() : route.getSpec().rules();
        rules.stream()
                .flatMap(rule -> rule.backendRefs().stream())
                .filter(ref -> ref.name() != null)
                .forEach(ref -> keys.add(key(
                        ref.namespace() != null
                                ? ref.namespace()
                                : route.getMetadata().getNamespace(),
                        ref.name())));
        inUse.stream()
                .filter(Backend::endpoints)
                .map(ServicePortRef::of)
                .forEach(ref -> keys.add(key(ref.namespace(), ref.name())));
        return keys;
    }

    static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    private static String serviceKey(EndpointSlice slice) {
        return key(
                slice.getMetadata().getNamespace(),
                slice.getMetadata().getLabels().get(SERVICE_NAME_LABEL));
    }
}
