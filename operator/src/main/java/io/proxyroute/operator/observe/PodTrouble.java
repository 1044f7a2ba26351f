package io.proxyroute.operator.observe;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What Kubernetes reports about pods that do not start or do not become ready, as a sentence. */
public final class PodTrouble {

    private static final int MAX_TEXT = 400;
    /** A container waits for these reasons in every start. */
    private static final Set<String> NORMAL = Set.of("ContainerCreating", "PodInitializing");

    private PodTrouble() {}

    /** Why pods of a Deployment cannot be created, or why one does not start; empty if nothing is known. */
    public static String of(Deployment deployment, Collection<Pod> pods) {
        Stream<String> creation =
                Optional.ofNullable(deployment.getStatus()).map(DeploymentStatus::getConditions).stream()
                        .flatMap(List::stream)
                        .filter(condition ->
                                "ReplicaFailure".equals(condition.getType()) && "True".equals(condition.getStatus()))
                        .map(condition -> "Pods cannot be created: " + sentence(condition.getMessage()));
        return Stream.concat(creation, pods.stream().map(PodTrouble::of).flatMap(Optional::stream))
                .findFirst()
                .orElse("");
    }

    /** Empty for a pod that is ready, ends, or has just started. */
    public static Optional<String> of(Pod pod) {
        PodStatus status = pod.getStatus();
        if (status == null || pod.getMetadata().getDeletionTimestamp() != null || is(status, "Ready", "True")) {
            return Optional.empty();
        }
        return unscheduled(status)
                .or(() -> containers(status)
                        .map(PodTrouble::of)
                        .flatMap(Optional::stream)
                        .findFirst())
                .map(text -> "Pod %s %s".formatted(pod.getMetadata().getName(), text));
    }

    private static Optional<String> unscheduled(PodStatus status) {
        return orEmpty(status.getConditions()).stream()
                .filter(condition ->
                        condition.getType().equals("PodScheduled") && "False".equals(condition.getStatus()))
                .findFirst()
                .map(condition -> "cannot be scheduled: " + sentence(condition.getMessage()));
    }

    private static Optional<String> of(ContainerStatus container) {
        ContainerState state = container.getState();
        ContainerStateTerminated ended =
                terminated(state).or(() -> terminated(container.getLastState())).orElse(null);
        ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
        boolean waits = waiting != null && waiting.getReason() != null && !NORMAL.contains(waiting.getReason());
        if (ended != null) {
            return Optional.of("%s: container %s ended with %s (exit code %d). %s"
                    .formatted(
                            waits ? "is in " + waiting.getReason() : "starts again",
                            container.getName(),
                            ended.getReason(),
                            ended.getExitCode(),
                            ended.getMessage() == null ? "" : sentence(ended.getMessage()))
                    .strip());
        }
        return waits
                ? Optional.of("is in %s: %s".formatted(waiting.getReason(), sentence(waiting.getMessage())))
                : Optional.empty();
    }

    private static Optional<ContainerStateTerminated> terminated(ContainerState state) {
        return Optional.ofNullable(state).map(ContainerState::getTerminated);
    }

    private static Stream<ContainerStatus> containers(PodStatus status) {
        return Stream.concat(
                orEmpty(status.getInitContainerStatuses()).stream(), orEmpty(status.getContainerStatuses()).stream());
    }

    private static boolean is(PodStatus status, String type, String value) {
        return orEmpty(status.getConditions()).stream()
                .anyMatch(condition -> condition.getType().equals(type) && value.equals(condition.getStatus()));
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    /** Text from the cluster as the end of a sentence, on one line; a pod can write the text itself. */
    private static String sentence(String text) {
        String line =
                Objects.requireNonNullElse(text, "no reason is given").strip().replaceAll("\\s+", " ");
        String bounded = line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT - 1) + "…";
        return bounded.endsWith(".") || bounded.endsWith("…") ? bounded : bounded + ".";
    }
}
