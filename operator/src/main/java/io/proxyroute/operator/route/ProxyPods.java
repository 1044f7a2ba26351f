package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.observe.ObservedPod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Caches the pods of all routes, including detached ones. */
final class ProxyPods {

    private static final String BY_ROUTE = "route";
    private static final String REVISION_LABEL = "pod-template-hash";

    private final InformerEventSource<Pod, ProxyRoute> source;

    ProxyPods(EventSourceContext<ProxyRoute> context) {
        source = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, ProxyRoute.class)
                        .withName("proxy-pods")
                        .withLabelSelector(RouteNames.MANAGED_BY_LABEL + "=" + RouteNames.MANAGED_BY)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(
                                (Pod pod) -> route(pod).map(Set::of).orElse(Set.of()))
                        .build(),
                context);
        source.addIndexers(Map.of(
                BY_ROUTE, pod -> route(pod).map(ProxyPods::key).map(List::of).orElse(List.of())));
    }

    InformerEventSource<Pod, ProxyRoute> eventSource() {
        return source;
    }

    /** All pods of the route, as cached; they must not be changed. */
    List<Pod> all(ProxyRoute route) {
        return source.byIndex(BY_ROUTE, key(ResourceID.fromResource(route)));
    }

    /** The route's pods that have not ended, oldest first. */
    List<ObservedPod> of(ProxyRoute route) {
        RouteRef ref = RouteNames.ref(route);
        return all(route).stream()
                .filter(pod -> !isEnded(pod))
                .map(pod -> observed(ref, pod))
                .sorted(Comparator.comparing(ObservedPod::startedAt, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(ObservedPod::name))
                .toList();
    }

    static ObservedPod observed(RouteRef route, Pod pod) {
        Optional<ContainerStatus> running =
                Optional.ofNullable(pod.getStatus().getContainerStatuses()).orElse(List.of()).stream()
                        .filter(container -> container.getName().equals("proxy")
                                && container.getState() != null
                                && container.getState().getRunning() != null)
                        .findFirst();
        String ip = pod.getStatus().getPodIP();
        ProxyAddress address = ip == null || running.isEmpty()
                ? null
                : new ProxyAddress(
                        route.uid(),
                        pod.getMetadata().getName(),
                        pod.getMetadata().getUid(),
                        running.get().getContainerID(),
                        ip);
        Optional<PodCondition> ready = Optional.ofNullable(pod.getStatus().getConditions()).orElse(List.of()).stream()
                .filter(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"))
                .findFirst();
        Map<String, String> labels = pod.getMetadata().getLabels();
        return new ObservedPod(
                route,
                address,
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                pod.getSpec().getNodeName(),
                labels.get(REVISION_LABEL),
                "true".equals(labels.get(RouteNames.ATTACHED_LABEL)),
                ready.isPresent(),
                pod.getMetadata().getDeletionTimestamp() != null,
                running.map(container ->
                                Instant.parse(container.getState().getRunning().getStartedAt()))
                        .orElse(null),
                ready.map(condition -> Instant.parse(condition.getLastTransitionTime()))
                        .orElse(null));
    }

    private static boolean isEnded(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return pod.getStatus() == null || "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    private static Optional<ResourceID> route(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get(RouteNames.ROUTE_LABEL))
                .map(name -> new ResourceID(name, pod.getMetadata().getNamespace()));
    }

    private static String key(ResourceID route) {
        return route.getNamespace().orElse("") + "/" + route.getName();
    }
}
