package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxySpec;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.config.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Renders the objects that run a route's proxies, except the ConfigMap and the Secret, whose content depends on their
 * previous state.
 */
public final class Workload {

    private Workload() {}

    /**
     * Returns all objects, in the order in which to apply them.
     *
     * @param listeners listeners of the configuration in use, which may be older than the spec
     * @param replicas the desired number of pods
     */
    public static List<HasMetadata> of(
            ProxyRoute route, List<Listener> listeners, int replicas, OperatorEnvironment environment) {
        List<HasMetadata> objects = new ArrayList<>();
        objects.add(serviceAccount(route));
        objects.add(service(route, listeners));
        objects.add(budget(route, replicas));
        if (route.getSpec().proxy().networkPolicy().enabled()) {
            objects.add(networkPolicy(route, listeners, environment));
        }
        objects.add(deployment(route, environment));
        return objects;
    }

    /** Omits {@code replicas}, which has a separate field manager. */
    private static Deployment deployment(ProxyRoute route, OperatorEnvironment environment) {
        return new DeploymentBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(PodTemplate.deploymentSelector(route))
                .endSelector()
                .withRevisionHistoryLimit(3)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxUnavailable(new IntOrString(0))
                .withMaxSurge(new IntOrString("25%"))
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(PodTemplate.of(route, environment))
                .endSpec()
                .build();
    }

    private static Service service(ProxyRoute route, List<Listener> listeners) {
        ProxySpec.ServiceSpec spec = route.getSpec().proxy().service();
        Service service = new ServiceBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withType(spec.type().name())
                .withSelector(RouteNames.selector(route))
                .withPorts(listeners.stream().map(Workload::servicePort).toList())
                .endSpec()
                .build();
        if (!spec.annotations().isEmpty()) {
            service.getMetadata().setAnnotations(new TreeMap<>(spec.annotations()));
        }
        return service;
    }

    private static ServicePort servicePort(Listener listener) {
        return new ServicePortBuilder()
                .withName(listener.name())
                .withPort(listener.port())
                .withNewTargetPort(listener.port())
                .withProtocol("TCP")
                .withAppProtocol("http")
                .build();
    }

    private static ServiceAccount serviceAccount(ProxyRoute route) {
        return new ServiceAccountBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withAutomountServiceAccountToken(false)
                .build();
    }

    /** Counts detached pods too, because they serve until they are evicted. */
    private static PodDisruptionBudget budget(ProxyRoute route, int replicas) {
        Integer minAvailable = route.getSpec().proxy().disruptionBudget().minAvailable();
        return new PodDisruptionBudgetBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withMinAvailable(new IntOrString(minAvailable != null ? minAvailable : Math.max(0, replicas - 1)))
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(RouteNames.selector(route))
                .endSelector()
                .endSpec()
                .build();
    }

    private static NetworkPolicy networkPolicy(
            ProxyRoute route, List<Listener> listeners, OperatorEnvironment environment) {
        List<NetworkPolicyPort> open = Stream.concat(
                        listeners.stream().map(Listener::port), Stream.of(AdminApi.HEALTH_PORT))
                .map(Workload::policyPort)
                .toList();
        return new NetworkPolicyBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(RouteNames.selector(route))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .withPorts(open)
                .endIngress()
                .addNewIngress()
                .withPorts(policyPort(AdminApi.ADMIN_PORT))
                .addNewFrom()
                .withNewNamespaceSelector()
                .withMatchLabels(Map.of("kubernetes.io/metadata.name", environment.operatorNamespace()))
                .endNamespaceSelector()
                .withNewPodSelector()
                .withMatchLabels(Map.of(RouteNames.NAME_LABEL, RouteNames.OPERATOR_NAME))
                .endPodSelector()
                .endFrom()
                .endIngress()
                .endSpec()
                .build();
    }

    private static NetworkPolicyPort policyPort(int port) {
        return new NetworkPolicyPortBuilder()
                .withProtocol("TCP")
                .withNewPort(port)
                .build();
    }
}
