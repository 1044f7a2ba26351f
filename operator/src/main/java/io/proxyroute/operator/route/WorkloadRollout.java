package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.proxyroute.operator.observe.PodTrouble;
import io.proxyroute.operator.status.Rollout;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads from a Deployment and its pods how far a rollout is, and why it is stuck. The Deployment controller says when a rollout is
 * complete: from then on, the condition Progressing has the reason NewReplicaSetAvailable, also while the number of pods
 * changes (kubernetes.io, "Deployments", "Complete Deployment").
 */
final class WorkloadRollout {

    private static final String COMPLETE = "NewReplicaSetAvailable";
    private static final String OVERDUE = "ProgressDeadlineExceeded";

    private WorkloadRollout() {}

    /** @param pods attached pods, as cached */
    static Rollout of(Optional<Deployment> deployment, Collection<Pod> pods) {
        if (deployment.isEmpty()) {
            return new Rollout(Rollout.State.UNDER_WAY, "");
        }
        String trouble = PodTrouble.of(deployment.get(), pods);
        if (isComplete(deployment.get())) {
            return new Rollout(Rollout.State.DONE, trouble);
        }
        boolean overdue = isObserved(deployment.get())
                && condition(deployment.get(), "Progressing")
                        .filter(progressing -> OVERDUE.equals(progressing.getReason()))
                        .isPresent();
        return new Rollout(overdue ? Rollout.State.OVERDUE : Rollout.State.UNDER_WAY, trouble);
    }

    private static boolean isComplete(Deployment deployment) {
        if (!isObserved(deployment)) {
            return false;
        }
        DeploymentStatus status = deployment.getStatus();
        int pods = Objects.requireNonNullElse(status.getReplicas(), 0);
        int updated = Objects.requireNonNullElse(status.getUpdatedReplicas(), 0);
        boolean scaledToZero = Objects.equals(deployment.getSpec().getReplicas(), 0) && pods == 0;
        return scaledToZero
                || pods == updated
                        && condition(deployment, "Progressing")
                                .filter(progressing -> COMPLETE.equals(progressing.getReason()))
                                .isPresent();
    }

    /** Whether the status describes the current spec. */
    private static boolean isObserved(Deployment deployment) {
        return deployment.getStatus() != null
                && deployment.getStatus().getObservedGeneration() != null
                && deployment.getStatus().getObservedGeneration()
                        >= Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
    }

    private static Optional<DeploymentCondition> condition(Deployment deployment, String type) {
        return Optional.ofNullable(deployment.getStatus())
                .map(DeploymentStatus::getConditions)
                .flatMap(conditions -> conditions.stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst());
    }
}
