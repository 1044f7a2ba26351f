package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus.Address;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.dependents.ObjectCache;
import io.proxyroute.operator.status.Rollout;
import io.proxyroute.operator.status.StatusInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What runs a route, as cached.
 *
 * @param rollout how far the rollout of the pods is
 * @param service the Service in front of the pods
 * @param pods all pods, including those that have ended
 */
record WorkloadState(Rollout rollout, Optional<Service> service, List<Pod> pods) {

    private static final int MAX_ADDRESSES = 32;
    private static final int MAX_IMAGES = 3;

    static WorkloadState of(ProxyRoute route, ObjectCache objects, ProxyPods cache) {
        List<Pod> pods = cache.all(route);
        return new WorkloadState(
                WorkloadRollout.of(
                        objects.get(Deployment.class, route, RouteNames.workload(route)),
                        pods.stream().filter(WorkloadState::isAttached).toList()),
                objects.get(Service.class, route, RouteNames.workload(route)),
                pods);
    }

    StatusInput.Facts facts(ProxyRoute route, String backends) {
        String images = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .filter(container -> container.getName().equals("proxy"))
                .map(Container::getImage)
                .distinct()
                .sorted()
                .limit(MAX_IMAGES)
                .collect(Collectors.joining(", "));
        return new StatusInput.Facts(
                backends,
                RouteNames.ROUTE_LABEL + "=" + route.getMetadata().getName(),
                images.isEmpty() ? null : images,
                service.map(WorkloadState::addresses).orElse(List.of()));
    }

    /** The name inside the cluster, and what a load balancer reports. */
    private static List<Address> addresses(Service service) {
        List<Address> addresses = new ArrayList<>();
        addresses.add(new Address(
                Address.Type.Hostname,
                "%s.%s.svc"
                        .formatted(
                                service.getMetadata().getName(),
                                service.getMetadata().getNamespace())));
        if (service.getStatus() != null && service.getStatus().getLoadBalancer() != null) {
            service.getStatus().getLoadBalancer().getIngress().stream()
                    .limit(MAX_ADDRESSES - 1L)
                    .map(WorkloadState::address)
                    .forEach(addresses::add);
        }
        return addresses;
    }

    private static Address address(LoadBalancerIngress ingress) {
        return ingress.getIp() != null
                ? new Address(Address.Type.IPAddress, ingress.getIp())
                : new Address(Address.Type.Hostname, ingress.getHostname());
    }

    private static boolean isAttached(Pod pod) {
        return "true".equals(pod.getMetadata().getLabels().get(RouteNames.ATTACHED_LABEL));
    }
}
