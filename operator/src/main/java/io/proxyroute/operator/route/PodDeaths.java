package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers for an hour which proxies of a route died, since Kubernetes keeps only the last death of a container, and none of a
 * pod that is gone. One instance per route and leader term; used by one reconciliation at a time.
 */
final class PodDeaths {

    private static final Duration MEMORY = Duration.ofHours(1);
    private static final int MAX_REMEMBERED = 100;
    /** What the JVM exits with after an OutOfMemoryError, see -XX:+ExitOnOutOfMemoryError. */
    private static final int OUT_OF_MEMORY_ERROR = 3;

    private static final int KILLED = 137;
    private static final int TERMINATED = 143;

    private final Map<String, Death> deaths = new LinkedHashMap<>();

    /** How a process ended. */
    enum Cause {
        OOM_KILLED("was killed by the kernel because its memory limit was reached"),
        OUT_OF_MEMORY_ERROR("ended with an OutOfMemoryError"),
        CRASHED("crashed");

        private final String text;

        Cause(String text) {
            this.text = text;
        }
    }

    /**
     * A proxy that died.
     *
     * @param pod name of its pod
     * @param exitCode of its process
     */
    record Death(String pod, Cause cause, int exitCode, Instant at) {

        String message() {
            return "The proxy of pod %s %s (exit code %d) at %s.".formatted(pod, cause.text, exitCode, at);
        }
    }

    /** Adds the deaths that the pods show; returns those that are new. */
    List<Death> update(Collection<Pod> pods, Instant now) {
        List<Death> found = new ArrayList<>();
        for (Pod pod : pods) {
            terminations(pod)
                    .flatMap(termination -> death(pod, termination).stream())
                    .filter(death -> !death.at().plus(MEMORY).isBefore(now))
                    .forEach(death -> {
                        if (deaths.putIfAbsent(pod.getMetadata().getUid() + " " + death.at(), death) == null) {
                            found.add(death);
                        }
                    });
        }
        deaths.values().removeIf(death -> death.at().plus(MEMORY).isBefore(now));
        while (deaths.size() > MAX_REMEMBERED) {
            deaths.remove(deaths.keySet().iterator().next());
        }
        return found;
    }

    /** The deaths of the last hour as a message that changes only with a death; empty if there was none. */
    Optional<String> message() {
        return deaths.values().stream().max(Comparator.comparing(Death::at)).map(last -> {
            String advice = last.cause() == Cause.CRASHED
                    ? ""
                    : " If no leak is reported, the memory limit may be too low for the load.";
            return (deaths.size() == 1 ? "" : "%d proxies died within an hour. ".formatted(deaths.size()))
                    + last.message()
                    + advice;
        });
    }

    private static Stream<ContainerStateTerminated> terminations(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
            return Stream.empty();
        }
        return pod.getStatus().getContainerStatuses().stream()
                .filter(container -> container.getName().equals("proxy"))
                .flatMap(container -> Stream.of(
                        Optional.ofNullable(container.getState()), Optional.ofNullable(container.getLastState())))
                .flatMap(Optional::stream)
                .map(ContainerState::getTerminated)
                .flatMap(Stream::ofNullable);
    }

    private static Optional<Death> death(Pod pod, ContainerStateTerminated end) {
        int code = end.getExitCode() == null ? 0 : end.getExitCode();
        Cause cause;
        if ("OOMKilled".equals(end.getReason())) {
            cause = Cause.OOM_KILLED;
        } else if (code == OUT_OF_MEMORY_ERROR) {
            cause = Cause.OUT_OF_MEMORY_ERROR;
        } else if (code != 0 && code != TERMINATED && !(code == KILLED && isDeleted(pod))) {
            cause = Cause.CRASHED;
        } else {
            return Optional.empty();
        }
        try {
            return Optional.of(new Death(
                    pod.getMetadata().getName(),
                    cause,
                    code,
                    Instant.parse(end.getFinishedAt()).truncatedTo(ChronoUnit.SECONDS)));
        } catch (DateTimeParseException | NullPointerException e) {
            return Optional.empty(); // the kubelet has lost the container and knows no time
        }
    }

    private static boolean isDeleted(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }
}
