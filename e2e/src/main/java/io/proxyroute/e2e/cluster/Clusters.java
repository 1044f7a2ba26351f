package io.proxyroute.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;

/** Finds the cluster to work with. */
public final class Clusters {

    private Clusters() {}

    /**
     * Brings a cluster up, the first of these that can be had: the one of the kubeconfig when the variable {@code
     * CLUSTER} is {@code kubeconfig} or a kubeconfig's path; k3s where a Docker engine answers; the native local cluster,
     * named by {@code CLUSTER_NAME}.
     *
     * @throws IllegalStateException none of them can be had; the message says why
     */
    public static Cluster open() {
        String asked = System.getenv("CLUSTER");
        if (asked != null && !asked.isBlank()) {
            return GivenCluster.open(asked.equals("kubeconfig") ? currentKubeconfig() : Path.of(asked));
        }
        return dockerAnswers() ? K3sCluster.open() : NativeCluster.open(nativeName());
    }

    private static String nativeName() {
        String name = System.getenv("CLUSTER_NAME");
        return name == null || name.isBlank() ? "proxyroute" : name;
    }

    private static Path currentKubeconfig() {
        String variable = System.getenv("KUBECONFIG");
        Path path = variable == null || variable.isBlank()
                ? Path.of(System.getProperty("user.home"), ".kube", "config")
                : Path.of(variable);
        if (!Files.isReadable(path)) {
            throw new IllegalStateException("CLUSTER=kubeconfig, but " + path + " cannot be read: set KUBECONFIG");
        }
        return path;
    }

    private static boolean dockerAnswers() {
        boolean configured = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return configured && DockerClientFactory.instance().isDockerAvailable();
    }
}
