package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * ProxyRoute in a cluster: images, CRDs and operator, installed from the unmodified {@code manifests/base}. Closing it
 * removes only the objects that did not exist before, because deleting a CRD deletes every route with it.
 */
public final class Installation implements AutoCloseable {

    /** Namespace of the operator. */
    public static final String NAMESPACE = "proxyroute-system";

    /** Deployment of the operator. */
    public static final String OPERATOR = "proxyroute-operator";

    /** Port of the operator's report service. */
    public static final int REPORTS_PORT = 8081;

    /** Label of the namespaces that demo and tests create. */
    public static final String E2E_LABEL = "proxyroute.io/e2e";

    private static final String MANIFESTS = "manifests/base";
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration DELETION_TIMEOUT = Duration.ofMinutes(2);

    private final Cluster cluster;
    private List<HasMetadata> created = List.of();

    /** Prepares an installation; {@link #deploy} performs it. */
    public Installation(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Loads the images of this source tree into the cluster. */
    public void loadImages() {
        cluster.loadImages(SourceTree.images());
    }

    /**
     * Applies the manifests over an existing installation, if any, and waits until the operator is ready. Load the images
     * first.
     *
     * @throws IllegalStateException the user's own cluster has routes, or the operator does not become ready in time
     */
    public void deploy() {
        rejectForeignRoutes();
        List<HasMetadata> manifests = loadManifests();
        boolean wasDeployed = isDeployed();
        created = manifests.stream()
                .filter(each -> cluster.client().resource(each).get() == null)
                .toList();
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-k", MANIFESTS);
        cluster.kubectl("wait", "--for=condition=Established", "-f", "crds/", "--timeout=60s");
        // kubectl caches the API resources; this refreshes the cache, so that it knows the short names pxr and rrun.
        cluster.kubectl("api-resources", "--api-group=proxyroute.io");
        if (wasDeployed) {
            // The images may have changed under the same tags.
            operator().rolling().restart();
        }
        awaitOperator();
    }

    /** Whether an operator is deployed; {@link #deploy} replaces it permanently by the one of this source tree. */
    public boolean isDeployed() {
        return operator().get() != null;
    }

    /** Whether closing this removes the operator. */
    public boolean isOwned() {
        return created.stream().anyMatch(Deployment.class::isInstance);
    }

    private List<HasMetadata> loadManifests() {
        String yaml = cluster.kubectl("kustomize", MANIFESTS);
        return cluster.client()
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    /** The operator under test would take over routes that are in use. */
    private void rejectForeignRoutes() {
        if (!(cluster instanceof ExternalCluster) || !hasRoutes()) {
            return;
        }
        Set<String> testNamespaces =
                cluster.client().namespaces().withLabel(E2E_LABEL, "true").list().getItems().stream()
                        .map(each -> each.getMetadata().getName())
                        .collect(Collectors.toSet());
        String foreign = cluster.client().resources(ProxyRoute.class).inAnyNamespace().list().getItems().stream()
                .map(HasMetadata::getMetadata)
                .filter(route -> !testNamespaces.contains(route.getNamespace()))
                .limit(3)
                .map(route -> route.getNamespace() + "/" + route.getName())
                .collect(Collectors.joining(", "));
        if (!foreign.isEmpty()) {
            throw new IllegalStateException(cluster.description() + " has routes in use (" + foreign
                    + "), which the operator of this source tree would take over: use another cluster");
        }
    }

    private boolean hasRoutes() {
        return cluster.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(HasMetadata.getFullResourceName(ProxyRoute.class))
                        .get()
                != null;
    }

    private RollableScalableResource<Deployment> operator() {
        return cluster.client().apps().deployments().inNamespace(NAMESPACE).withName(OPERATOR);
    }

    private void awaitOperator() {
        try {
            operator().waitUntilCondition(Installation::isRolledOut, READY_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (KubernetesClientTimeoutException e) {
            throw new IllegalStateException(
                    "the operator is not ready after " + READY_TIMEOUT.toMinutes() + " min: " + describePods(), e);
        }
    }

    private String describePods() {
        String reasons = cluster.client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                .map(Installation::describe)
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? "it has no pods" : reasons;
    }

    private static String describe(Pod pod) {
        String reasons = pod.getStatus().getContainerStatuses().stream()
                .map(each -> each.getState().getWaiting())
                .filter(Objects::nonNull)
                .map(Installation::describe)
                .collect(Collectors.joining(", "));
        return pod.getMetadata().getName() + " " + pod.getStatus().getPhase()
                + (reasons.isEmpty() ? "" : ", " + reasons);
    }

    private static String describe(ContainerStateWaiting waiting) {
        return waiting.getReason() + (waiting.getMessage() == null ? "" : " (" + waiting.getMessage() + ")");
    }

    private static boolean isRolledOut(Deployment deployment) {
        if (deployment == null || deployment.getStatus() == null) {
            return false;
        }
        Integer desired = deployment.getSpec().getReplicas();
        return deployment
                        .getMetadata()
                        .getGeneration()
                        .equals(deployment.getStatus().getObservedGeneration())
                && desired.equals(deployment.getStatus().getUpdatedReplicas())
                && desired.equals(deployment.getStatus().getReadyReplicas())
                && desired.equals(deployment.getStatus().getReplicas());
    }

    /** Removes what {@link #deploy} created. Delete the routes first, while the operator is still running. */
    @Override
    public void close() {
        List<HasMetadata> newestFirst = created.reversed();
        newestFirst.forEach(each -> cluster.client().resource(each).delete());
        newestFirst.forEach(each -> cluster.client()
                .resource(each)
                .waitUntilCondition(Objects::isNull, DELETION_TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    }
}
