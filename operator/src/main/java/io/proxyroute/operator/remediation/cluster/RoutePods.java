package io.proxyroute.operator.remediation.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.contract.Json;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.observe.PodTrouble;
import io.proxyroute.operator.remediation.decision.Fleet;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.EvictionResult;
import io.proxyroute.operator.remediation.decision.Ports.Pods;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The pods of one route, read uncached. Detaching is one patch: it removes the label that the Deployment selects by and
 * makes the route the owner of the pod, so that deleting the route still deletes the pod. Every write carries the UID
 * and resource version that were read.
 */
public final class RoutePods implements Pods {

    /** Pauses remediation of a route while it is {@code "true"}. */
    static final String PAUSED = "proxyroute.io/paused";

    private static final String FIELD_MANAGER = "proxyroute-remediation";

    /** Part of the error message if no eviction of the pod can succeed. Any other internal error is temporary. */
    private static final String TOO_MANY_BUDGETS = "more than one PodDisruptionBudget";

    private final ApiCalls api;
    private final ProxyRoute route;

    public RoutePods(ApiCalls api, ProxyRoute route) {
        this.api = api;
        this.route = route;
    }

    @Override
    public Fleet read() {
        return api.call(
                "read the pods of " + route.getMetadata().getName(), client -> {
                    String namespace = route.getMetadata().getNamespace();
                    String workload = RouteNames.workload(route);
                    ProxyRoute current = client.resources(ProxyRoute.class)
                            .inNamespace(namespace)
                            .withName(route.getMetadata().getName())
                            .get();
                    if (current == null
                            || !current.getMetadata()
                                    .getUid()
                                    .equals(route.getMetadata().getUid())) {
                        throw new Conflict("ProxyRoute %s/%s no longer exists."
                                .formatted(namespace, route.getMetadata().getName()));
                    }
                    Deployment deployment = client.apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName(workload)
                            .get();
                    PodDisruptionBudget budget = client.policy()
                            .v1()
                            .podDisruptionBudget()
                            .inNamespace(namespace)
                            .withName(workload)
                            .get();
                    List<Pod> pods = client
                            .pods()
                            .inNamespace(namespace)
                            .withLabels(RouteNames.selector(current))
                            .list()
                            .getItems()
                            .stream()
                            .filter(RoutePods::isAlive)
                            .toList();
                    boolean paused = "true"
                                    .equals(Objects.requireNonNullElse(
                                                    current.getMetadata().getAnnotations(), Map.of())
                                            .get(PAUSED))
                            || current.getMetadata().getDeletionTimestamp() != null;
                    return new Fleet(
                            current.getMetadata().getGeneration(),
                            mode(current.getSpec().remediation().mode()),
                            paused,
                            isRollingOut(deployment),
                            deployment == null ? 0 : deployment.getSpec().getReplicas(),
                            minAvailable(budget),
                            pods.stream().map(this::pod).toList(),
                            deployment == null ? "" : PodTrouble.of(deployment, pods));
                });
    }

    @Override
    public void detach(Fleet.Pod pod) {
        Map<String, Object> owner = new TreeMap<>(Map.of(
                "apiVersion", route.getApiVersion(),
                "kind", route.getKind(),
                "name", route.getMetadata().getName(),
                "uid", route.getMetadata().getUid(),
                "controller", true,
                "blockOwnerDeletion", false));
        patch("detach", pod, null, List.of(owner));
    }

    @Override
    public void reattach(Fleet.Pod pod) {
        patch("reattach", pod, "true", null);
    }

    @Override
    public EvictionResult evict(Fleet.Pod pod) {
        Eviction eviction = new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(route.getMetadata().getNamespace())
                .withName(pod.name())
                .endMetadata()
                .withDeleteOptions(new DeleteOptionsBuilder()
                        .withNewPreconditions(pod.version(), pod.uid())
                        .build())
                .build();
        try {
            boolean accepted = api.limited(client -> client.pods()
                    .inNamespace(route.getMetadata().getNamespace())
                    .withName(pod.name())
                    .evict(eviction));
            return accepted ? EvictionResult.ACCEPTED : EvictionResult.BLOCKED;
        } catch (KubernetesClientException e) {
            int code = e.getCode();
            if (code == HttpURLConnection.HTTP_NOT_FOUND || code == HttpURLConnection.HTTP_CONFLICT) {
                return EvictionResult.CHANGED;
            }
            if (code == HttpURLConnection.HTTP_INTERNAL_ERROR && e.getMessage().contains(TOO_MANY_BUDGETS)) {
                return EvictionResult.IMPOSSIBLE;
            }
            throw new Unavailable("Cannot evict " + pod.name() + ": " + e.getMessage(), e);
        }
    }

    private void patch(String action, Fleet.Pod pod, String attached, List<Map<String, Object>> owners) {
        Map<String, Object> labels = new TreeMap<>();
        labels.put(RouteNames.ATTACHED_LABEL, attached);
        Map<String, Object> metadata = new TreeMap<>();
        metadata.put("uid", pod.uid());
        metadata.put("resourceVersion", pod.version());
        metadata.put("labels", labels);
        metadata.put("ownerReferences", owners);
        PatchContext context = new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager(FIELD_MANAGER)
                .build();
        api.call(action + " " + pod.name(), client -> client.pods()
                .inNamespace(route.getMetadata().getNamespace())
                .withName(pod.name())
                .patch(context, nullKeepingJson(Map.of("metadata", metadata))));
    }

    /** In a merge patch, null removes a field. */
    private static String nullKeepingJson(Map<String, Object> patch) {
        return Json.MAPPER
                .copy()
                .setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS)
                .valueToTree(patch)
                .toString();
    }

    private static boolean isAlive(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return !"Succeeded".equals(phase) && !"Failed".equals(phase);
    }

    private Fleet.Pod pod(Pod pod) {
        boolean owned = pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController())
                        && owner.getUid().equals(route.getMetadata().getUid()));
        boolean ready = pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
        return new Fleet.Pod(
                pod.getMetadata().getUid(),
                pod.getMetadata().getName(),
                pod.getMetadata().getResourceVersion(),
                "true".equals(pod.getMetadata().getLabels().get(RouteNames.ATTACHED_LABEL)),
                owned,
                ready,
                pod.getMetadata().getDeletionTimestamp() != null,
                Instant.parse(pod.getMetadata().getCreationTimestamp()));
    }

    private static Fleet.Mode mode(RemediationSpec.Mode mode) {
        return switch (mode) {
            case Disabled -> Fleet.Mode.DISABLED;
            case Observe -> Fleet.Mode.OBSERVE;
            case Recommend -> Fleet.Mode.RECOMMEND;
            case Auto -> Fleet.Mode.AUTO;
        };
    }

    private static boolean isRollingOut(Deployment deployment) {
        if (deployment == null || deployment.getStatus() == null) {
            return true;
        }
        DeploymentStatus status = deployment.getStatus();
        return status.getObservedGeneration() == null
                || status.getObservedGeneration() < deployment.getMetadata().getGeneration()
                || !Objects.equals(status.getUpdatedReplicas(), status.getReplicas());
    }

    private static int minAvailable(PodDisruptionBudget budget) {
        if (budget == null || budget.getSpec().getMinAvailable() == null) {
            return 0;
        }
        Integer value = budget.getSpec().getMinAvailable().getIntVal();
        return value == null ? 0 : value;
    }
}
