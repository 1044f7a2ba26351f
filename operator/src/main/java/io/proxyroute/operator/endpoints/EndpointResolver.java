package io.proxyroute.operator.endpoints;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.EndpointsDocument;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Resolves backends to the addresses of their serving endpoints. */
public final class EndpointResolver {

    private static final Comparator<EndpointsDocument.Endpoint> ORDER = Comparator.comparing(
                    EndpointsDocument.Endpoint::address)
            .thenComparingInt(EndpointsDocument.Endpoint::port);

    /** Lookup of Services and EndpointSlices. A snapshot of the cluster. */
    public interface Source {

        /** The Service of that name, if it exists. */
        Optional<Service> service(String namespace, String name);

        /** The EndpointSlices of that Service. */
        Collection<EndpointSlice> slices(String namespace, String serviceName);
    }

    private EndpointResolver() {}

    /**
     * Returns the ready addresses of every backend that is a Service, in a fixed order. If no endpoint of a Service is
     * ready, the terminating endpoints that still serve are used, as kube-proxy does (kubernetes.io, "Virtual IPs and
     * Service Proxies", "Traffic to terminating endpoints"). A deleted Service has no addresses. One whose EndpointSlices do not
     * show its port yet, because it was renamed or created again, keeps its last addresses. A dual-stack Service has one
     * address per pod, of its first IP family that has any.
     *
     * @param backends the backends that any proxy of the route may be using
     * @param last the addresses resolved last
     */
    public static Map<String, List<EndpointsDocument.Endpoint>> resolve(
            List<Backend> backends, Source source, Map<String, List<EndpointsDocument.Endpoint>> last) {
        Map<String, List<EndpointsDocument.Endpoint>> endpoints = new TreeMap<>();
        backends.stream()
                .filter(Backend::endpoints)
                .forEach(backend -> endpoints.put(
                        backend.id(),
                        addresses(ServicePortRef.of(backend), source, last.getOrDefault(backend.id(), List.of()))));
        return endpoints;
    }

    private static List<EndpointsDocument.Endpoint> addresses(
            ServicePortRef ref, Source source, List<EndpointsDocument.Endpoint> last) {
        Optional<Service> service = source.service(ref.namespace(), ref.name());
        Optional<String> portName = service.stream()
                .flatMap(found -> found.getSpec().getPorts().stream())
                .filter(port -> port.getPort() == ref.port() && isTcp(port.getProtocol()))
                .map(ServicePort::getName)
                .map(name -> name == null ? "" : name)
                .findFirst();
        if (portName.isEmpty()) {
            return List.of();
        }
        Collection<EndpointSlice> slices = source.slices(ref.namespace(), ref.name());
        if (slices.stream().noneMatch(slice -> shows(slice, portName.get()))) {
            return last;
        }
        List<EndpointsDocument.Endpoint> ready =
                ofOneFamily(service.get(), slices, portName.get(), EndpointResolver::isReady);
        return ready.isEmpty()
                ? ofOneFamily(service.get(), slices, portName.get(), EndpointResolver::isServingWhileTerminating)
                : ready;
    }

    /** Whether a slice is about the port; one without pods has no ports. */
    private static boolean shows(EndpointSlice slice, String portName) {
        return orEmpty(slice.getEndpoints()).isEmpty()
                || orEmpty(slice.getPorts()).stream().anyMatch(port -> Objects.requireNonNullElse(port.getName(), "")
                        .equals(portName));
    }

    private static List<EndpointsDocument.Endpoint> ofOneFamily(
            Service service, Collection<EndpointSlice> slices, String portName, Predicate<Endpoint> filter) {
        return families(service)
                .map(family -> addresses(
                        slices.stream()
                                .filter(slice -> family.equals(slice.getAddressType()))
                                .toList(),
                        portName,
                        filter))
                .filter(addresses -> !addresses.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** The Service's own order first; slices that a user writes may have another family. */
    private static Stream<String> families(Service service) {
        return Stream.concat(orEmpty(service.getSpec().getIpFamilies()).stream(), Stream.of("IPv4", "IPv6"))
                .distinct();
    }

    private static List<EndpointsDocument.Endpoint> addresses(
            Collection<EndpointSlice> slices, String portName, Predicate<Endpoint> filter) {
        return slices.stream()
                .flatMap(slice -> orEmpty(slice.getPorts()).stream()
                        .filter(port -> isTcp(port.getProtocol())
                                && Objects.requireNonNullElse(port.getName(), "")
                                        .equals(portName))
                        .map(EndpointPort::getPort)
                        .filter(Objects::nonNull)
                        .flatMap(port -> orEmpty(slice.getEndpoints()).stream()
                                .filter(filter)
                                .flatMap(endpoint -> endpoint.getAddresses().stream())
                                .map(address -> new EndpointsDocument.Endpoint(address, port))))
                .distinct()
                .sorted(ORDER)
                .toList();
    }

    /** Unknown readiness counts as ready, as the EndpointSlice API defines it. */
    private static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    }

    private static boolean isServingWhileTerminating(Endpoint endpoint) {
        return endpoint.getConditions() != null
                && Boolean.TRUE.equals(endpoint.getConditions().getServing())
                && Boolean.TRUE.equals(endpoint.getConditions().getTerminating());
    }

    /** Slices of a Service without pods have neither ports nor endpoints. */
    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    private static boolean isTcp(String protocol) {
        return protocol == null || protocol.equals("TCP");
    }
}
