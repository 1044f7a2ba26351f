package io.proxyroute.e2e.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Kills the operator without a chance to clean up. */
final class OperatorKiller {

    private final KubernetesClient client;

    OperatorKiller(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Sends SIGKILL to the operator's processes if they run on this machine, and deletes its pods without a grace period, so
     * that a new one starts at once.
     *
     * @return a short description of the method
     */
    String kill() {
        List<Pod> pods = client.pods()
                .inNamespace(Installation.NAMESPACE)
                .withLabel("app.kubernetes.io/name", Installation.OPERATOR)
                .list()
                .getItems();
        long killed = pods.stream()
                .flatMap(pod -> ProcessHandle.allProcesses()
                        .filter(process -> belongsTo(process, pod.getMetadata().getUid())))
                .filter(ProcessHandle::destroyForcibly)
                .count();
        pods.forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
        return killed > 0 ? "SIGKILL" : "pod deleted";
    }

    /** The path of a pod's cgroup contains its UID. */
    private static boolean belongsTo(ProcessHandle process, String podUid) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"))
                    .contains(podUid);
        } catch (IOException e) {
            // Not Linux, or the process has ended.
            return false;
        }
    }
}
