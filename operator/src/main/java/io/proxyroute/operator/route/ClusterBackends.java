package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.operator.compile.BackendServices;
import io.proxyroute.operator.endpoints.EndpointResolver;
import io.proxyroute.operator.endpoints.ServicePortRef;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cluster's Services and EndpointSlices, cached; a change to one reconciles the routes that use it. ReferenceGrants
 * are asked for when a route needs one, since their API may not be installed: then nothing is granted.
 */
final class ClusterBackends implements BackendServices, EndpointResolver.Source {

    private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";
    private static final String BY_SERVICE = "service";

    private final KubernetesClient client;
    private final InformerEventSource<Service, ProxyRoute> services;
    private final InformerEventSource<EndpointSlice, ProxyRoute> slices;
    /** By {@code namespace/name} of the Service. */
    private final Map<String, Set<ResourceID>> users = new ConcurrentHashMap<>();

    ClusterBackends(EventSourceContext<ProxyRoute> context) {
        client = context.getClient();
        services = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Service.class, ProxyRoute.class)
                        .withName("backend-services")
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper((Service service) -> usersOf(key(
                                service.getMetadata().getNamespace(),
                                service.getMetadata().getName())))
                        .build(),
                context);
        slices = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(EndpointSlice.class, ProxyRoute.class)
                        .withName("backend-endpoints")
                        .withNamespacesInheritedFromController()
                        .withLabelSelector(SERVICE_NAME_LABEL)
                        .withSecondaryToPrimaryMapper((EndpointSlice slice) -> usersOf(serviceKey(slice)))
                        .build(),
                context);
        slices.addIndexers(Map.of(BY_SERVICE, slice -> List.of(serviceKey(slice))));
    }

    List<EventSource<?, ProxyRoute>> eventSources() {
        return List.of(services, slices);
    }

    /** Sets which Services a route depends on, as {@code namespace/name}. */
    void uses(ResourceID route, Set<String> serviceKeys) {
        users.forEach((service, routes) -> {
            if (!serviceKeys.contains(service) && routes.contains(route)) {
                users.computeIfPresent(service, (_, _) -> without(users.get(service), route));
            }
        });
        serviceKeys.forEach(service -> users.computeIfAbsent(service, _ -> ConcurrentHashMap.newKeySet())
                .add(route));
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.get(new ResourceID(name, namespace));
    }

    @Override
    public Collection<EndpointSlice> slices(String namespace, String serviceName) {
        return slices.byIndex(BY_SERVICE, key(namespace, serviceName));
    }

    @Override
    public boolean isGranted(String routeNamespace, String serviceNamespace, String serviceName) {
        try {
            return client.resources(ReferenceGrant.class).inNamespace(serviceNamespace).list().getItems().stream()
                    .anyMatch(grant -> ReferenceGrants.grants(grant, routeNamespace, serviceName));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** The Services that the spec and the backends in use depend on, as {@code namespace/name}. */
    static Set<String> servicesOf(ProxyRoute route, List<Backend> inUse) {
        Set<String> keys = new HashSet<>();
        route.getSpec().rules().stream()
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

    private Set<ResourceID> usersOf(String service) {
        return Set.copyOf(users.getOrDefault(service, Set.of()));
    }

    private static Set<ResourceID> without(Set<ResourceID> routes, ResourceID route) {
        routes.remove(route);
        return routes.isEmpty() ? null : routes;
    }

    private static String serviceKey(EndpointSlice slice) {
        return key(
                slice.getMetadata().getNamespace(),
                slice.getMetadata().getLabels().get(SERVICE_NAME_LABEL));
    }
}
