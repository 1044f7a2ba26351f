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

/** Renders the objects that run a route's proxies, all but the ConfigMap and the Secret, which have a history. */
public final class Workload {

    private Workload() {}

    /**
     * Everything, in the order in which it should be applied.
     *
     * @param listeners of the configuration that is served, which may be an older one than the spec's
     * @param replicas how many pods are wanted now, whoever decides it
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

    /** Without {@code replicas}: that field has an owner of its own. */
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
        ProxySpec.ServiceSpec wanted = route.getSpec().proxy().service();
        Service service = new ServiceBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withType(wanted.type().name())
                .withSelector(RouteNames.selector(route))
                .withPorts(listeners.stream().map(Workload::servicePort).toList())
                .endSpec()
                .build();
        if (!wanted.annotations().isEmpty()) {
            service.getMetadata().setAnnotations(new TreeMap<>(wanted.annotations()));
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

    /** Detached pods count as well: they serve until they are gone. */
    private static PodDisruptionBudget budget(ProxyRoute route, int replicas) {
        Integer wanted = route.getSpec().proxy().disruptionBudget().minAvailable();
        return new PodDisruptionBudgetBuilder()
                .withMetadata(RouteNames.metadata(route, RouteNames.workload(route)))
                .withNewSpec()
                .withMinAvailable(new IntOrString(wanted != null ? wanted : Math.max(0, replicas - 1)))
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
