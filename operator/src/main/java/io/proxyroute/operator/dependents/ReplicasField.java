package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code replicas} of a Deployment, which change hands. Whoever is the only one to have applied a field cannot just
 * leave it out: it would fall back to its default, and a route to one pod. So a second field manager applies the present
 * value before the first lets go (kubernetes.io, "Server-Side Apply", "Transferring ownership"). An autoscaler takes the
 * field from that one by its first write through the Deployment's scale subresource.
 */
final class ReplicasField {

    /** Tells people why the operator does not set the number, and tells the operator that it gave it away. */
    static final String ANNOTATION = "proxyroute.io/scaled-by";

    private static final Set<String> OURS = Set.of(FieldManager.OPERATOR, FieldManager.SCALER, FieldManager.HANDOVER);

    private final KubernetesClient client;

    ReplicasField(KubernetesClient client) {
        this.client = client;
    }

    /** Makes the scaler an owner, whoever else is one. */
    Deployment begin(Deployment created, int replicas) {
        return apply(replicas(created, replicas), FieldManager.SCALER, true);
    }

    /**
     * Sets it. Unforced, so that whoever else has set it keeps it; except when the operator itself had given it away and
     * the route has called it back.
     *
     * @param actual the Deployment as last seen
     * @return the Deployment as written; empty when it had that number already
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 when another field manager holds it
     */
    Optional<Deployment> set(Deployment actual, int replicas) {
        if (isManagedBy(actual, FieldManager.HANDOVER)) {
            apply(replicas(actual, replicas), FieldManager.SCALER, true);
            return Optional.of(apply(bare(actual).build(), FieldManager.HANDOVER, false));
        }
        return actual.getSpec().getReplicas() == replicas
                ? Optional.empty()
                : Optional.of(apply(replicas(actual, replicas), FieldManager.SCALER, false));
    }

    /** Whether somebody outside the operator has set it, and it was not given away by the operator. */
    boolean isHeldByOther(Deployment actual) {
        return !isManagedBy(actual, FieldManager.HANDOVER)
                && actual.getMetadata().getManagedFields().stream()
                        .anyMatch(entry -> !OURS.contains(entry.getManager()) && hasReplicas(entry));
    }

    /**
     * Gives it away at its present value.
     *
     * @param actual the Deployment as last seen
     * @return the Deployment as written; empty when nothing was left to give
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 when the number has changed since it was seen
     */
    Optional<Deployment> handOver(Deployment actual) {
        boolean handed = isManagedBy(actual, FieldManager.HANDOVER);
        if (handed && !isManagedBy(actual, FieldManager.SCALER)) {
            return Optional.empty();
        }
        if (!handed) {
            apply(
                    new DeploymentBuilder(replicas(actual, actual.getSpec().getReplicas()))
                            .editMetadata()
                            .withAnnotations(Map.of(ANNOTATION, "External"))
                            .endMetadata()
                            .build(),
                    FieldManager.HANDOVER,
                    false);
        }
        return Optional.of(apply(bare(actual).build(), FieldManager.SCALER, false));
    }

    private Deployment apply(Deployment fields, String manager, boolean force) {
        var resource = client.resource(fields).fieldManager(manager);
        return force ? resource.forceConflicts().serverSideApply() : resource.serverSideApply();
    }

    private static Deployment replicas(Deployment of, int replicas) {
        return bare(of).withNewSpec().withReplicas(replicas).endSpec().build();
    }

    private static DeploymentBuilder bare(Deployment of) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(of.getMetadata().getNamespace())
                .withName(of.getMetadata().getName())
                .endMetadata();
    }

    private static boolean hasReplicas(ManagedFieldsEntry entry) {
        return entry.getFieldsV1() != null
                && entry.getFieldsV1().getAdditionalProperties().get("f:spec") instanceof Map<?, ?> spec
                && spec.containsKey("f:replicas");
    }

    private static boolean isManagedBy(Deployment actual, String manager) {
        return actual.getMetadata().getManagedFields().stream().anyMatch(entry -> manager.equals(entry.getManager()));
    }
}
