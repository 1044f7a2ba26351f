package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.compile.BackendServices;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Services and ReferenceGrants for one compilation. Services come from the cache; the grants of each namespace are read from
 * the API server once. If the API of grants is not installed, or the operator may not read a namespace, nothing is granted
 * there.
 */
final class ReferenceGrantLookup implements BackendServices {

    private final KubernetesClient client;
    private final BiFunction<String, String, Optional<Service>> services;
    /** By namespace; empty for namespaces that may not be read. */
    private final Map<String, Optional<List<ReferenceGrant>>> grants = new HashMap<>();

    /** @param services namespace and name of each Service */
    ReferenceGrantLookup(KubernetesClient client, BiFunction<String, String, Optional<Service>> services) {
        this.client = client;
        this.services = services;
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.apply(namespace, name);
    }

    @Override
    public Grant grant(String routeNamespace, String serviceNamespace, String serviceName) {
        return grants.computeIfAbsent(serviceNamespace, this::read)
                .map(list -> list.stream().anyMatch(grant -> ReferenceGrants.grants(grant, routeNamespace, serviceName))
                        ? Grant.GRANTED
                        : Grant.MISSING)
                .orElse(Grant.UNREADABLE);
    }

    private Optional<List<ReferenceGrant>> read(String namespace) {
        try {
            return Optional.of(client.resources(ReferenceGrant.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems());
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_NOT_FOUND -> Optional.of(List.of());
                case HttpURLConnection.HTTP_FORBIDDEN -> Optional.empty();
                default -> throw e;
            };
        }
    }
}
