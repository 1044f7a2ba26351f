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
 * ProxyRoute in a cluster: its images, CRDs and operator, from {@code manifests/base} as it is. Closing it removes the
 * objects that were not there before, and those alone: deleting a CRD would delete every route with it.
 */
public final class Installation implements AutoCloseable {

    /** Namespace of the operator. */
    public static final String NAMESPACE = "proxyroute-system";

    /** Deployment of the operator. */
    public static final String OPERATOR = "proxyroute-operator";

    /** Port of the operator's Service that serves reports. */
    public static final int REPORTS_PORT = 8081;

    /** Label of what demo and tests make in a cluster besides ProxyRoute. */
    public static final String OURS_LABEL = "proxyroute.io/e2e";

    private static final String MANIFESTS = "manifests/base";
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration GONE = Duration.ofMinutes(2);

    private final Cluster cluster;
    private List<HasMetadata> made = List.of();

    /** Nothing is done yet. */
    public Installation(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Brings the images that the source tree was built to into the cluster; tells of each where that takes a while. */
    public void loadImages() {
        cluster.load(Repository.images());
    }

    /**
     * Applies the manifests over what may be there, and waits until the operator is ready. Images must be loaded.
     *
     * @throws IllegalStateException the cluster is somebody else's and has routes, or the operator does not become ready
     */
    public void deploy() {
        refuseRoutesOfOthers();
        List<HasMetadata> wanted = manifests();
        boolean wasThere = isThere();
        made = wanted.stream()
                .filter(each -> cluster.client().resource(each).get() == null)
                .toList();
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-k", MANIFESTS);
        cluster.kubectl("wait", "--for=condition=Established", "-f", "crds/", "--timeout=60s");
        // kubectl remembers which resources there are; this makes it look again, so that it knows pxr and rrun.
        cluster.kubectl("api-resources", "--api-group=proxyroute.io");
        if (wasThere) {
            // The images may be new under the same names.
            operator().rolling().restart();
        }
        awaitOperator();
    }

    /** Whether an operator runs already: deploying replaces it by the one of this source tree, for good. */
    public boolean isThere() {
        return operator().get() != null;
    }

    /** Whether closing this removes the operator. */
    public boolean isOurs() {
        return made.stream().anyMatch(Deployment.class::isInstance);
    }

    private List<HasMetadata> manifests() {
        String yaml = cluster.kubectl("kustomize", MANIFESTS);
        return cluster.client()
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    /** The operator under test would take them over. */
    private void refuseRoutesOfOthers() {
        if (!(cluster instanceof GivenCluster) || !hasRoutes()) {
            return;
        }
        Set<String> ours = cluster.client().namespaces().withLabel(OURS_LABEL, "true").list().getItems().stream()
                .map(each -> each.getMetadata().getName())
                .collect(Collectors.toSet());
        String others = cluster.client().resources(ProxyRoute.class).inAnyNamespace().list().getItems().stream()
                .map(HasMetadata::getMetadata)
                .filter(route -> !ours.contains(route.getNamespace()))
                .limit(3)
                .map(route -> route.getNamespace() + "/" + route.getName())
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            throw new IllegalStateException(cluster.description() + " has routes in use (" + others
                    + "), and this source tree's operator would take them over: use another cluster");
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
            operator().waitUntilCondition(Installation::isRolledOut, LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (KubernetesClientTimeoutException e) {
            throw new IllegalStateException(
                    "the operator is not ready after " + LIMIT.toMinutes() + " min: " + whyPodsWait(), e);
        }
    }

    private String whyPodsWait() {
        String reasons = cluster.client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                .map(Installation::whyItWaits)
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? "it has no pods" : reasons;
    }

    private static String whyItWaits(Pod pod) {
        String reasons = pod.getStatus().getContainerStatuses().stream()
                .map(each -> each.getState().getWaiting())
                .filter(Objects::nonNull)
                .map(Installation::sentence)
                .collect(Collectors.joining(", "));
        return pod.getMetadata().getName() + " " + pod.getStatus().getPhase()
                + (reasons.isEmpty() ? "" : ", " + reasons);
    }

    private static String sentence(ContainerStateWaiting waiting) {
        return waiting.getReason() + (waiting.getMessage() == null ? "" : " (" + waiting.getMessage() + ")");
    }

    private static boolean isRolledOut(Deployment deployment) {
        if (deployment == null || deployment.getStatus() == null) {
            return false;
        }
        Integer wanted = deployment.getSpec().getReplicas();
        return deployment
                        .getMetadata()
                        .getGeneration()
                        .equals(deployment.getStatus().getObservedGeneration())
                && wanted.equals(deployment.getStatus().getUpdatedReplicas())
                && wanted.equals(deployment.getStatus().getReadyReplicas())
                && wanted.equals(deployment.getStatus().getReplicas());
    }

    /** Removes what was not there before; our routes must be gone by then, as only the operator can end them. */
    @Override
    public void close() {
        List<HasMetadata> newestFirst = made.reversed();
        newestFirst.forEach(each -> cluster.client().resource(each).delete());
        newestFirst.forEach(each -> cluster.client()
                .resource(each)
                .waitUntilCondition(Objects::isNull, GONE.toSeconds(), TimeUnit.SECONDS));
    }
}
