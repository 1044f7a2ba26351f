package io.proxyroute.e2e.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Ends the operator without a warning. */
final class OperatorKiller {

    private final KubernetesClient client;

    OperatorKiller(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Kills the processes of the operator's pods with SIGKILL where they run on this machine, and removes the pods without
     * grace, so that a new one starts at once.
     *
     * @return how it was done, in a few words
     */
    String kill() {
        List<Pod> pods = client.pods()
                .inNamespace(Installation.NAMESPACE)
                .withLabel("app.kubernetes.io/name", Installation.OPERATOR)
                .list()
                .getItems();
        long killed = pods.stream()
                .flatMap(pod -> ProcessHandle.allProcesses()
                        .filter(process -> isOf(process, pod.getMetadata().getUid())))
                .filter(ProcessHandle::destroyForcibly)
                .count();
        pods.forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
        return killed > 0 ? "SIGKILL" : "deleted without grace";
    }

    /** A pod's processes are in a cgroup that bears its UID. */
    private static boolean isOf(ProcessHandle process, String podUid) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"))
                    .contains(podUid);
        } catch (IOException e) {
            // Not Linux, or gone meanwhile.
            return false;
        }
    }
}
