package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code replicas} field of a Deployment, whose ownership changes between field managers. If the only manager of a
 * field omits it, the field falls back to its default, which would scale a route to one pod. So a second manager
 * applies the current value before the first one releases it (kubernetes.io, "Server-Side Apply", "Transferring
 * ownership"). An autoscaler takes over the field with its first write to the scale subresource.
 */
final class ReplicasField {

    /** Shows users why the operator does not set the number, and records that the operator released it. */
    static final String ANNOTATION = "proxyroute.io/scaled-by";

    private static final Set<String> OWN_MANAGERS =
            Set.of(FieldManager.OPERATOR, FieldManager.SCALER, FieldManager.HANDOVER);

    private final KubernetesClient client;

    ReplicasField(KubernetesClient client) {
        this.client = client;
    }

    /** Makes the scaler a manager of the field, in addition to any other. */
    Deployment takeOwnership(Deployment created, int replicas) {
        return apply(replicas(created, replicas), FieldManager.SCALER, true);
    }

    /**
     * Sets the number. The write is not forced, so that another manager keeps the field, unless the operator had
     * released the field and the route takes it back.
     *
     * @param actual the Deployment as last observed
     * @return the written Deployment; empty if it already had that number
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 if another field manager holds the field
     */
    Optional<Deployment> set(Deployment actual, int replicas) {
        if (isManagedBy(actual, FieldManager.HANDOVER)) {
            apply(replicas(actual, replicas), FieldManager.SCALER, true);
            return Optional.of(apply(metadataOnly(actual).build(), FieldManager.HANDOVER, false));
        }
        return actual.getSpec().getReplicas() == replicas
                ? Optional.empty()
                : Optional.of(apply(replicas(actual, replicas), FieldManager.SCALER, false));
    }

    /** Whether a manager outside the operator has set the field without the operator having released it. */
    boolean isManagedByOther(Deployment actual) {
        return !isManagedBy(actual, FieldManager.HANDOVER)
                && actual.getMetadata().getManagedFields().stream()
                        .anyMatch(entry -> !OWN_MANAGERS.contains(entry.getManager()) && hasReplicas(entry));
    }

    /**
     * Releases the field at its current value.
     *
     * @param actual the Deployment as last observed
     * @return the written Deployment; empty if the field was already released
     * @throws io.fabric8.kubernetes.client.KubernetesClientException 409 if the number has changed since it was
     *     observed
     */
    Optional<Deployment> handOver(Deployment actual) {
        boolean handedOver = isManagedBy(actual, FieldManager.HANDOVER);
        if (handedOver && !isManagedBy(actual, FieldManager.SCALER)) {
            return Optional.empty();
        }
        if (!handedOver) {
            apply(
                    new DeploymentBuilder(replicas(actual, actual.getSpec().getReplicas()))
                            .editMetadata()
                            .withAnnotations(Map.of(ANNOTATION, "External"))
                            .endMetadata()
                            .build(),
                    FieldManager.HANDOVER,
                    false);
        }
        return Optional.of(apply(metadataOnly(actual).build(), FieldManager.SCALER, false));
    }

    private Deployment apply(Deployment fields, String manager, boolean force) {
        var resource = client.resource(fields).fieldManager(manager);
        return force ? resource.forceConflicts().serverSideApply() : resource.serverSideApply();
    }

    private static Deployment replicas(Deployment of, int replicas) {
        return metadataOnly(of).withNewSpec().withReplicas(replicas).endSpec().build();
    }

    private static DeploymentBuilder metadataOnly(Deployment of) {
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
