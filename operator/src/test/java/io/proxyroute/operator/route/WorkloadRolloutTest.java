package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.proxyroute.operator.observe.PodTrouble;
import io.proxyroute.operator.status.Rollout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WorkloadRolloutTest {

    @Test
    void completeRolloutIsDone() {
        assertThat(rollout(deployment(2, 2, 2, 2, 2, "NewReplicaSetAvailable"))).isEqualTo(done(""));
    }

    @Test
    void scalingIsNoRollout() {
        assertThat(rollout(deployment(2, 2, 5, 3, 3, "NewReplicaSetAvailable"))).isEqualTo(done(""));
    }

    @Test
    void unobservedChangeIsUnderWay() {
        assertThat(rollout(deployment(3, 2, 2, 2, 2, "NewReplicaSetAvailable"))).isEqualTo(underWay(""));
        assertThat(rollout(new DeploymentBuilder()
                        .withNewMetadata()
                        .withGeneration(1L)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build()))
                .isEqualTo(underWay(""));
        assertThat(WorkloadRollout.of(Optional.empty(), List.of())).isEqualTo(underWay(""));
    }

    @Test
    void podsOfOlderRevisionAreUnderWay() {
        assertThat(rollout(deployment(3, 3, 2, 3, 1, "ReplicaSetUpdated"))).isEqualTo(underWay(""));
        assertThat(rollout(deployment(3, 3, 2, 3, 2, "NewReplicaSetAvailable"))).isEqualTo(underWay(""));
    }

    @Test
    void exceededDeadlineIsOverdue() {
        assertThat(rollout(deployment(3, 3, 2, 3, 1, "ProgressDeadlineExceeded"))
                        .state())
                .isEqualTo(Rollout.State.OVERDUE);
    }

    @Test
    void scaledToZeroIsDone() {
        assertThat(rollout(deployment(3, 3, 0, 0, 0, "ReplicaSetUpdated"))).isEqualTo(done(""));
    }

    @Test
    void reportsQuota() {
        Deployment deployment = new DeploymentBuilder(deployment(3, 3, 2, 1, 0, "ReplicaSetUpdated"))
                .editStatus()
                .addNewCondition()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason("FailedCreate")
                .withMessage("pods \"shop-1\" is forbidden: exceeded quota: pods")
                .endCondition()
                .endStatus()
                .build();

        assertThat(rollout(deployment))
                .isEqualTo(underWay("Pods cannot be created: pods \"shop-1\" is forbidden: exceeded quota: pods."));
    }

    @Nested
    class Trouble {

        @Test
        void startingPodIsNone() {
            assertThat(PodTrouble.of(waiting("ContainerCreating", null))).isEmpty();
        }

        @Test
        void imagePull() {
            assertThat(PodTrouble.of(waiting("ErrImagePull", "not found:\n  registry/proxy:none")))
                    .contains("Pod shop-1 is in ErrImagePull: not found: registry/proxy:none.");
        }

        @Test
        void crashLoopQuotesTerminationMessage() {
            Pod pod = new PodBuilder(waiting("CrashLoopBackOff", "back-off 10s"))
                    .editStatus()
                    .editFirstContainerStatus()
                    .withLastState(new ContainerStateBuilder()
                            .withNewTerminated()
                            .withReason("Error")
                            .withExitCode(1)
                            .withMessage("No class com.example.Missing in /opt/proxyroute/filters")
                            .endTerminated()
                            .build())
                    .endContainerStatus()
                    .endStatus()
                    .build();

            assertThat(PodTrouble.of(pod))
                    .contains(
                            "Pod shop-1 is in CrashLoopBackOff: container proxy ended with Error (exit code 1). No class"
                                    + " com.example.Missing in /opt/proxyroute/filters.");
        }

        @Test
        void scheduling() {
            Pod pod = new PodBuilder(waiting("ContainerCreating", null))
                    .editStatus()
                    .addNewCondition()
                    .withType("PodScheduled")
                    .withStatus("False")
                    .withMessage("0/3 nodes are available: 3 Insufficient cpu.")
                    .endCondition()
                    .endStatus()
                    .build();

            assertThat(PodTrouble.of(pod))
                    .contains("Pod shop-1 cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu.");
        }

        @Test
        void textOfPodIsBounded() {
            assertThat(PodTrouble.of(waiting("CreateContainerError", "x".repeat(10_000)))
                            .orElseThrow())
                    .hasSizeLessThan(500);
        }
    }

    private static Pod waiting(String reason, String message) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("shop-1")
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("proxy")
                .withNewState()
                .withNewWaiting(message, reason)
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static Rollout rollout(Deployment deployment) {
        return WorkloadRollout.of(Optional.of(deployment), List.of());
    }

    private static Rollout done(String trouble) {
        return new Rollout(Rollout.State.DONE, trouble);
    }

    private static Rollout underWay(String trouble) {
        return new Rollout(Rollout.State.UNDER_WAY, trouble);
    }

    private static Deployment deployment(
            long generation, long observed, int wanted, int pods, int updated, String progressing) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withGeneration(generation)
                .endMetadata()
                .withNewSpec()
                .withReplicas(wanted)
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(observed)
                .withReplicas(pods)
                .withUpdatedReplicas(updated)
                .addNewCondition()
                .withType("Progressing")
                .withStatus("True")
                .withReason(progressing)
                .endCondition()
                .endStatus()
                .build();
    }
}
