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

/** A {@code ProxyRoute} and what belongs to it, as seen from outside. */
public final class Route {

    private final Sandbox sandbox;
    private final String name;

    private Route(Sandbox sandbox, String name) {
        this.sandbox = sandbox;
        this.name = name;
    }

    /** A route by its name, whether it exists yet or not. */
    public static Route named(Sandbox sandbox, String name) {
        return new Route(sandbox, name);
    }

    /** Applies a manifest on the class path that holds the route. */
    public static Route apply(Sandbox sandbox, String name, String resource, Map<String, String> values) {
        sandbox.apply(resource, values);
        return new Route(sandbox, name);
    }

    /** The route's name. */
    public String name() {
        return name;
    }

    /** The sandbox it lives in. */
    public Sandbox sandbox() {
        return sandbox;
    }

    /** URL of the route inside the cluster. */
    public String url(int port) {
        return "http://" + name + "-proxy." + sandbox.namespace() + ".svc.cluster.local:" + port;
    }

    private Resource<ProxyRoute> resource() {
        return sandbox.client()
                .resources(ProxyRoute.class)
                .inNamespace(sandbox.namespace())
                .withName(name);
    }

    /** The route as the API server has it now; null when it is gone. */
    public ProxyRoute get() {
        return resource().get();
    }

    /** Changes it by a JSON merge patch. */
    public void patch(String json) {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    /** Deletes it, without waiting. */
    public void delete() {
        resource().delete();
    }

    /** A condition of the route as it is now. */
    public Optional<Condition> condition(String type) {
        return conditionOf(get(), type);
    }

    /** A condition of a route, if the operator has set it. */
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
     * @throws IllegalStateException it has not, in time; the message holds the conditions as they are
     */
    public Condition await(String type, String status, Duration limit) {
        Instant until = Instant.now().plus(limit);
        while (true) {
            try {
                ProxyRoute route = resource()
                        .waitUntilCondition(
                                each -> isCurrently(each, type, status),
                                Duration.between(Instant.now(), until).toMillis(),
                                TimeUnit.MILLISECONDS);
                return conditionOf(route, type).orElseThrow();
            } catch (KubernetesClientTimeoutException e) {
                throw new IllegalStateException(
                        name + " is not " + type + "=" + status + " after " + limit.toSeconds() + " s: " + conditions(),
                        e);
            } catch (KubernetesClientException e) {
                if (Instant.now().isAfter(until)) {
                    throw e;
                } // else the watch could not be begun, or broke
            }
        }
    }

    private String conditions() {
        ProxyRoute route = get();
        return route == null || route.getStatus() == null
                ? "it has no status"
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

    /** Waits until every ready pod serves the current spec, and enough are ready. */
    public void awaitServing(Duration limit) {
        await("Programmed", "True", limit);
        await("Available", "True", limit);
    }

    /** Its pods, oldest first, those that end included. */
    public List<Pod> pods() {
        return sandbox
                .client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withLabel("proxyroute.io/route", name)
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    /** Whether the Deployment counts a pod, and no run has taken it out. */
    public static boolean isAttached(Pod pod) {
        return "true".equals(pod.getMetadata().getLabels().get("proxyroute.io/attached"));
    }

    /** UIDs of its pods. */
    public List<String> podUids() {
        return pods().stream().map(pod -> pod.getMetadata().getUid()).sorted().toList();
    }

    /** Its remediation runs, oldest first. */
    public List<RemediationRun> runs() {
        return sandbox
                .client()
                .resources(RemediationRun.class)
                .inNamespace(sandbox.namespace())
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
