package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the objects of a route and sets the number of its pods. Called on reconciler threads; calls block. */
public final class Applier {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private final KubernetesClient client;
    private final ObjectCache owned;
    private final ReplicasField replicasField;

    /** The result of setting the number of pods. */
    public enum ScaleResult {
        /** The number was already right, or there is no Deployment yet. */
        UNCHANGED,
        /** The number was changed. */
        SCALED,
        /** Another field manager set the number and keeps it. */
        MANAGED_BY_OTHER
    }

    public Applier(KubernetesClient client, ObjectCache owned) {
        this.client = client;
        this.owned = owned;
        this.replicasField = new ReplicasField(client);
    }

    /**
     * Applies, in order, the objects that are missing, outdated or changed by others, and deletes those that are no
     * longer desired.
     *
     * @param replicas initial number of pods of a new Deployment
     * @param failures collects the permanent failures; the other objects are still applied
     */
    public void apply(ProxyRoute route, List<HasMetadata> desired, int replicas, PermanentFailures failures) {
        desired.forEach(
                object -> failures.attempt(PermanentFailures.name(object), () -> apply(route, object, replicas)));
        if (desired.stream().noneMatch(NetworkPolicy.class::isInstance)) {
            owned.get(NetworkPolicy.class, route, RouteNames.workload(route))
                    .ifPresent(policy -> failures.attempt(PermanentFailures.name(policy), () -> client.resource(policy)
                            .delete()));
        }
    }

    /**
     * Creates a Deployment with the right number of pods instead of the API's default of 1. The scaler takes ownership
     * of the number immediately, so that the operator can omit it in later applies.
     */
    private void create(Deployment deployment, int replicas) {
        client.resource(new DeploymentBuilder(deployment)
                        .editSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build())
                .fieldManager(FieldManager.OPERATOR)
                .serverSideApply();
        replicasField.takeOwnership(deployment, replicas);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> void apply(ProxyRoute route, T object, int replicas) {
        Class<T> kind = (Class<T>) object.getClass();
        Optional<T> actual = owned.get(kind, route, object.getMetadata().getName());
        boolean exists = actual.isPresent() || existsOnServer(route, object);
        if (!exists && object instanceof Deployment deployment) {
            create(deployment, replicas);
            exists = true;
        }
        T desired = DriftDetector.withContentHash(object);
        if (actual.isPresent() && DriftDetector.isUpToDate(desired, actual.get())) {
            return;
        }
        var resource = client.resource(desired).fieldManager(FieldManager.OPERATOR);
        // Without force for a new object: one that appears at this moment belongs to another manager.
        T applied = exists ? resource.forceConflicts().serverSideApply() : resource.serverSideApply();
        owned.recordWrite(kind, applied, actual);
        LOG.info(
                "{} {} {}/{}",
                actual.isPresent() ? "updated" : "created",
                applied.getKind(),
                applied.getMetadata().getNamespace(),
                applied.getMetadata().getName());
    }

    /**
     * Whether the API server has an object of that name. The cache only contains objects with the operator's label.
     * Uses a list request, which needs no additional permission.
     */
    private boolean existsOnServer(ProxyRoute route, HasMetadata object) {
        List<? extends HasMetadata> found = client.resources(object.getClass())
                .inNamespace(object.getMetadata().getNamespace())
                .withField("metadata.name", object.getMetadata().getName())
                .list()
                .getItems();
        found.forEach(other -> Ownership.requireOwned(route, other));
        return !found.isEmpty();
    }

    /** Whether another field manager has set the number of pods although the route's mode does not allow it. */
    public boolean isScaledByOther(ProxyRoute route) {
        return owned.get(Deployment.class, route, RouteNames.workload(route))
                .filter(replicasField::isManagedByOther)
                .isPresent();
    }

    /** Sets the number of pods of a route's Deployment, unless another field manager has set it in the meantime. */
    public ScaleResult scale(ProxyRoute route, int replicas) {
        return replicas(
                owned.get(Deployment.class, route, RouteNames.workload(route)),
                deployment -> replicasField.set(deployment, replicas));
    }

    /** Keeps the current number of pods and releases the field to other managers. */
    public ScaleResult releaseReplicas(ProxyRoute route) {
        return replicas(owned.get(Deployment.class, route, RouteNames.workload(route)), replicasField::handOver);
    }

    private ScaleResult replicas(Optional<Deployment> actual, Function<Deployment, Optional<Deployment>> change) {
        if (actual.isEmpty()) {
            return ScaleResult.UNCHANGED;
        }
        try {
            Optional<Deployment> applied = change.apply(actual.get());
            applied.ifPresent(deployment -> {
                owned.recordWrite(Deployment.class, deployment, actual);
                LOG.info(
                        "Scaled Deployment {}/{} from {} to {} replicas",
                        deployment.getMetadata().getNamespace(),
                        deployment.getMetadata().getName(),
                        actual.get().getSpec().getReplicas(),
                        deployment.getSpec().getReplicas());
            });
            return applied.isPresent() ? ScaleResult.SCALED : ScaleResult.UNCHANGED;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return ScaleResult.MANAGED_BY_OTHER;
            }
            throw e;
        }
    }
}
