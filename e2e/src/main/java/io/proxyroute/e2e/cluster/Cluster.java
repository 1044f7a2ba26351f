package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A cluster for tests and demo. {@link #start} starts it unless it is running; closing it stops it only if this process
 * started it, also after a failed start. Reports its own long steps.
 */
public abstract sealed class Cluster implements AutoCloseable permits ExternalCluster, K3sCluster, NativeCluster {

    private ClusterAccess access;

    /** A short description for messages. */
    public abstract String description();

    /** Starts the cluster unless it is running. */
    public abstract void start();

    /** Whether closing this object removes the cluster. */
    public abstract boolean isOwned();

    /** The command line that runs kubectl against this cluster, for messages. */
    public abstract String kubectlCommand();

    /** Loads images into the nodes, or prints how to do it. */
    public abstract void loadImages(List<Path> tars);

    /** Sets how to reach the cluster, once it is up. */
    final void setAccess(ClusterAccess value) {
        access = value;
    }

    private ClusterAccess access() {
        if (access == null) {
            throw new IllegalStateException(description() + " is not up");
        }
        return access;
    }

    /** A client with full permissions. Owned by the cluster; thread-safe. */
    public final KubernetesClient client() {
        return access().client();
    }

    /** Path of a kubeconfig with full permissions. */
    final Path kubeconfig() {
        return access().kubeconfig();
    }

    /**
     * Runs kubectl.
     *
     * @return its output
     */
    public final String kubectl(String... arguments) {
        return access().kubectl(arguments);
    }

    /** The audit log of the API server; empty if it is not readable from here. */
    public Optional<AuditLog> auditLog() {
        return Optional.empty();
    }

    /**
     * Suspends the API server, as if it hung, while an action runs.
     *
     * @return false if this cluster does not support it; the action has not run then
     */
    public boolean runWithApiServerSuspended(Runnable action) {
        return false;
    }

    @Override
    public void close() {
        if (access != null) {
            access.close();
        }
    }
}
