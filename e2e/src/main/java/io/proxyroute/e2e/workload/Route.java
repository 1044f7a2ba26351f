package io.proxyroute.e2e.workload;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A {@code ProxyRoute} in a cluster, with its pods and remediation runs. */
public final class Route {

    private final TestNamespace namespace;
    private final String name;

    private Route(TestNamespace namespace, String name) {
        this.namespace = namespace;
        this.name = name;
    }

    /** Refers to a route by name; it need not exist yet. */
    public static Route named(TestNamespace namespace, String name) {
        return new Route(namespace, name);
    }

    /** Applies a manifest template on the class path that contains the route. */
    public static Route apply(TestNamespace namespace, String name, String resource, Map<String, String> values) {
        namespace.apply(resource, values);
        return new Route(namespace, name);
    }

    /** The name of the route. */
    public String name() {
        return name;
    }

    /** The namespace of the route. */
    public TestNamespace namespace() {
        return namespace;
    }

    /** URL of the route inside the cluster. */
    public String url(int port) {
        return "http://" + name + "-proxy." + namespace.name() + ".svc.cluster.local:" + port;
    }

    private Resource<ProxyRoute> resource() {
        return namespace
                .client()
                .resources(ProxyRoute.class)
                .inNamespace(namespace.name())
                .withName(name);
    }

    /** Reads the route from the API server; null if it does not exist. */
    public ProxyRoute get() {
        return resource().get();
    }

    /** Applies a JSON merge patch. */
    public void patch(String json) {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    /** Deletes the route without waiting. */
    public void delete() {
        resource().delete();
    }

    /** Reads a condition from the API server. */
    public Optional<Condition> condition(String type) {
        return conditionOf(get(), type);
    }

    /** A condition of a route; empty if the operator has not set it. */
    public static Optional<Condition> conditionOf(ProxyRoute route, String type) {
        if (route == null || route.getStatus() == null) {
            return Optional.empty();
        }
        return route.getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    /**
     * Waits until a condition has a status for the current generation of the spec.
     *
     * @throws IllegalStateException on timeout; the message contains the current conditions
     */
    public Condition await(String type, String status, Duration timeout) {
        Instant deadline = Instant.now().plus(timeout);
        while (true) {
            try {
                ProxyRoute route = resource()
                        .waitUntilCondition(
                                each -> isCurrently(each, type, status),
                                Duration.between(Instant.now(), deadline).toMillis(),
                                TimeUnit.MILLISECONDS);
                return conditionOf(route, type).orElseThrow();
            } catch (KubernetesClientTimeoutException e) {
                throw new IllegalStateException(
                        name + " is not " + type + "=" + status + " after " + timeout.toSeconds() + " s: "
                                + conditions(),
                        e);
            } catch (KubernetesClientException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                } // Otherwise retry: the watch could not start, or broke.
            }
        }
    }

    private String conditions() {
        ProxyRoute route = get();
        return route == null || route.getStatus() == null
                ? "no status yet"
                : route.getStatus().conditions().stream()
                        .map(each -> each.getType() + "=" + each.getStatus() + " (" + each.getMessage() + ")")
                        .collect(Collectors.joining(", "));
    }

    private static boolean isCurrently(ProxyRoute route, String type, String status) {
        return conditionOf(route, type)
                .filter(condition -> condition.getStatus().equals(status))
                .filter(condition -> route.getMetadata().getGeneration().equals(condition.getObservedGeneration()))
                .isPresent();
    }

    /** Waits until enough pods are ready and all of them serve the current spec. */
    public void awaitServing(Duration timeout) {
        await("Programmed", "True", timeout);
        await("Available", "True", timeout);
    }

    /** The pods of the route, oldest first, including terminating ones. */
    public List<Pod> pods() {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withLabel("proxyroute.io/route", name)
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    /** Whether the pod belongs to the Deployment: no remediation run has detached it. */
    public static boolean isAttached(Pod pod) {
        return "true".equals(pod.getMetadata().getLabels().get("proxyroute.io/attached"));
    }

    /** The UIDs of the pods, sorted. */
    public List<String> podUids() {
        return pods().stream().map(pod -> pod.getMetadata().getUid()).sorted().toList();
    }

    /** The remediation runs of the route, oldest first. */
    public List<RemediationRun> runs() {
        return namespace
                .client()
                .resources(RemediationRun.class)
                .inNamespace(namespace.name())
                .list()
                .getItems()
                .stream()
                .filter(run -> run.getSpec().routeRef().name().equals(name))
                .sorted(Comparator.comparing(
                                (RemediationRun run) -> run.getMetadata().getCreationTimestamp())
                        .thenComparing(run -> run.getMetadata().getName()))
                .toList();
    }
}
