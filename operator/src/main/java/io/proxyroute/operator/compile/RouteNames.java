package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.config.RouteRef;
import java.util.Map;
import java.util.TreeMap;

/** Names and labels of the objects of a route. Labels of the route itself are not copied to them. */
public final class RouteNames {

    /** Label of every object of a route; its value is the route's name. */
    public static final String ROUTE_LABEL = "proxyroute.io/route";
    /** Label of a pod that belongs to its Deployment; removed while the pod is being replaced. */
    public static final String ATTACHED_LABEL = "proxyroute.io/attached";
    /** Label of every object that the operator creates. */
    public static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
    /** Value of {@link #MANAGED_BY_LABEL}. */
    public static final String MANAGED_BY = "proxyroute";
    /** Label with the kind of a pod. */
    public static final String NAME_LABEL = "app.kubernetes.io/name";
    /** {@link #NAME_LABEL} of the operator's pods. */
    public static final String OPERATOR_NAME = "proxyroute-operator";

    private RouteNames() {}

    /** Name of Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy. */
    public static String workload(ProxyRoute route) {
        return route.getMetadata().getName() + "-proxy";
    }

    /** Name of the ConfigMap. */
    public static String config(ProxyRoute route) {
        return route.getMetadata().getName() + "-proxy-config";
    }

    /** Name of the Secret. */
    public static String tls(ProxyRoute route) {
        return route.getMetadata().getName() + "-proxy-tls";
    }

    /** Selects all pods of a route, attached or detached. */
    public static Map<String, String> selector(ProxyRoute route) {
        return Map.of(ROUTE_LABEL, route.getMetadata().getName());
    }

    /** Labels of every object of a route. */
    public static Map<String, String> labels(ProxyRoute route) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(NAME_LABEL, "proxyroute-proxy");
        labels.put("app.kubernetes.io/instance", route.getMetadata().getName());
        labels.put(MANAGED_BY_LABEL, MANAGED_BY);
        labels.put(ROUTE_LABEL, route.getMetadata().getName());
        return labels;
    }

    /** Metadata of an object of a route. Deleting the route deletes the object. */
    public static ObjectMeta metadata(ProxyRoute route, String name) {
        return new ObjectMetaBuilder()
                .withNamespace(route.getMetadata().getNamespace())
                .withName(name)
                .withLabels(labels(route))
                .withOwnerReferences(owner(route))
                .build();
    }

    /** The owner reference to the route. */
    public static OwnerReference owner(ProxyRoute route) {
        return new OwnerReferenceBuilder()
                .withApiVersion(HasMetadata.getApiVersion(ProxyRoute.class))
                .withKind(HasMetadata.getKind(ProxyRoute.class))
                .withName(route.getMetadata().getName())
                .withUid(route.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** The route in the form that proxies use. */
    public static RouteRef ref(ProxyRoute route) {
        return new RouteRef(
                route.getMetadata().getNamespace(),
                route.getMetadata().getName(),
                route.getMetadata().getUid());
    }
}
