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

/** Applies the objects of a route. */
public final class Applier {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private final KubernetesClient client;
    private final ObjectCache owned;
    private final ReplicasField replicasField;

    /** What came of setting the number of pods. */
    public enum ScaleResult {
        /** It was right already, or there is no Deployment yet. */
        UNCHANGED,
        /** It was set. */
        SCALED,
        /** Another field manager holds it, and keeps it. */
        MANAGED_BY_OTHER
    }

    public Applier(KubernetesClient client, ObjectCache owned) {
        this.client = client;
        this.owned = owned;
        this.replicasField = new ReplicasField(client);
    }

    /**
     * Applies those that are missing, older or changed by others, in order; takes away what is no longer wanted.
     *
     * @param replicas that a new Deployment begins with
     * @param failures takes note of what cannot be applied; the others are
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
     * A new Deployment starts with the right number of pods and not with the API's default. The number changes hands at
     * once: the scaler takes it, and the operator lets go of it when it applies the rest.
     */
    private void begin(Deployment deployment, int replicas) {
        client.resource(new DeploymentBuilder(deployment)
                        .editSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build())
                .fieldManager(FieldManager.OPERATOR)
                .serverSideApply();
        replicasField.begin(deployment, replicas);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> void apply(ProxyRoute route, T object, int replicas) {
        Class<T> kind = (Class<T>) object.getClass();
        Optional<T> actual = owned.get(kind, route, object.getMetadata().getName());
        boolean exists = actual.isPresent() || exists(route, object);
        if (!exists && object instanceof Deployment deployment) {
            begin(deployment, replicas);
            exists = true;
        }
        T desired = DriftDetector.withContentHash(object);
        if (actual.isPresent() && DriftDetector.isUpToDate(desired, actual.get())) {
            return;
        }
        var resource = client.resource(desired).fieldManager(FieldManager.OPERATOR);
        // Unforced where nothing is expected: what comes into being at this moment is somebody else's.
        T applied = exists ? resource.forceConflicts().serverSideApply() : resource.serverSideApply();
        owned.written(kind, applied, actual);
        LOG.info(
                "{} {} {}/{}",
                actual.isPresent() ? "updated" : "created",
                applied.getKind(),
                applied.getMetadata().getNamespace(),
                applied.getMetadata().getName());
    }

    /**
     * Whether the API server has an object of that name. The cache holds what bears the operator's label and so does not
     * know of all that others made. A list, for which no further right is needed.
     */
    private boolean exists(ProxyRoute route, HasMetadata object) {
        List<? extends HasMetadata> found = client.resources(object.getClass())
                .inNamespace(object.getMetadata().getNamespace())
                .withField("metadata.name", object.getMetadata().getName())
                .list()
                .getItems();
        found.forEach(other -> Ownership.require(route, other));
        return !found.isEmpty();
    }

    /** Whether somebody outside the operator has set the number of pods, without the route leaving it to them. */
    public boolean isScaledByOther(ProxyRoute route) {
        return owned.get(Deployment.class, route, RouteNames.workload(route))
                .filter(replicasField::isHeldByOther)
                .isPresent();
    }

    /** Sets the number of pods of a route's Deployment, unless somebody else has set it meanwhile. */
    public ScaleResult scale(ProxyRoute route, int replicas) {
        return replicas(
                owned.get(Deployment.class, route, RouteNames.workload(route)),
                deployment -> replicasField.set(deployment, replicas));
    }

    /** Leaves the number of pods as it is, and to others. */
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
                owned.written(Deployment.class, deployment, actual);
                LOG.info(
                        "Deployment {}/{} had {} replicas and has {}",
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
