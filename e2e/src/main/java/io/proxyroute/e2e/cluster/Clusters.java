package io.proxyroute.e2e.cluster;

import io.proxyroute.e2e.terminal.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Finds the cluster to work with. */
public final class Clusters {

    private Clusters() {}

    /**
     * Chooses a cluster, the first of these that can be had: the one of the kubeconfig when the variable {@code CLUSTER} is
     * {@code kubeconfig} or a kubeconfig's path; k3s where a Docker engine answers; the native local cluster, named by
     * {@code CLUSTER_NAME}. Nothing is made yet.
     *
     * @param kept whether it is left for a look around
     * @throws IllegalStateException the one that was asked for cannot be had; the message says why
     */
    public static Cluster choose(Steps steps, boolean kept) {
        String asked = System.getenv("CLUSTER");
        if (asked != null && !asked.isBlank()) {
            return new GivenCluster(readable(asked.equals("kubeconfig") ? currentKubeconfig() : Path.of(asked)), steps);
        }
        return dockerAnswers() ? new K3sCluster(steps) : new NativeCluster(nativeName(), kept);
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
            throw new IllegalStateException("CLUSTER asks for the cluster of " + kubeconfig
                    + ", which cannot be read: set KUBECONFIG, or CLUSTER to a kubeconfig's path");
        }
        return kubeconfig;
    }

    /** The question that the build asks too, before it makes what this answer needs. */
    private static boolean dockerAnswers() {
        try {
            new Commands(Repository.root(), Map.of()).output(List.of("tools/cluster-needs", "docker-answers"));
            return true;
        } catch (Commands.CommandFailedException e) {
            return false;
        }
    }
}
