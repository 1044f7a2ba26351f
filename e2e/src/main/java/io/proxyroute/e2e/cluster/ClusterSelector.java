package io.proxyroute.e2e.cluster;

import io.proxyroute.e2e.terminal.StepReporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Selects the cluster for tests and demo. */
public final class ClusterSelector {

    private ClusterSelector() {}

    /**
     * Selects the first of these that is available: the cluster of a kubeconfig, if the variable {@code CLUSTER} is {@code
     * kubeconfig} or the path of one; k3s, if a Docker engine responds; the native local cluster, whose name comes from
     * {@code CLUSTER_NAME}. Starts nothing.
     *
     * @param kept whether the cluster keeps running for inspection
     * @throws IllegalStateException the kubeconfig is not readable
     */
    public static Cluster select(StepReporter steps, boolean kept) {
        String requested = System.getenv("CLUSTER");
        if (requested != null && !requested.isBlank()) {
            return new ExternalCluster(
                    readable(requested.equals("kubeconfig") ? currentKubeconfig() : Path.of(requested)), steps);
        }
        return isDockerAvailable() ? new K3sCluster(steps) : new NativeCluster(nativeName(), kept);
    }

    private static String nativeName() {
        String name = System.getenv("CLUSTER_NAME");
        return name == null || name.isBlank() ? "proxyroute" : name;
    }

    private static Path currentKubeconfig() {
        String variable = System.getenv("KUBECONFIG");
        return variable == null || variable.isBlank()
                ? Path.of(System.getProperty("user.home"), ".kube", "config")
                : Path.of(variable);
    }

    private static Path readable(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new IllegalStateException("CLUSTER selects the kubeconfig " + kubeconfig
                    + ", which is not readable: set KUBECONFIG, or set CLUSTER to the path of a kubeconfig");
        }
        return kubeconfig;
    }

    /** Uses the same check as the build, so that both select the same cluster. */
    private static boolean isDockerAvailable() {
        try {
            new ProcessRunner(SourceTree.root(), Map.of()).output(List.of("tools/cluster-needs", "docker-available"));
            return true;
        } catch (ProcessRunner.ProcessFailedException e) {
            return false;
        }
    }
}
