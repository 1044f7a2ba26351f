package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A cluster to work with. Nothing is done before {@link #up}; closing it gives back what bringing it up took, also when
 * that failed half-way, and one that ran before goes on. Tells of its own long steps.
 */
public abstract sealed class Cluster implements AutoCloseable permits GivenCluster, K3sCluster, NativeCluster {

    private Access access;

    /** What it is, in a few words. */
    public abstract String description();

    /** Brings it up, if it does not run. */
    public abstract void up();

    /** Whether closing it ends it. */
    public abstract boolean isOurs();

    /** How a person calls kubectl for it. */
    public abstract String kubectlLine();

    /** Brings images into it, or says how its owner does it. */
    public abstract void load(List<Path> tars);

    /** From now on it is reached this way. */
    final void reachThrough(Access way) {
        access = way;
    }

    private Access access() {
        if (access == null) {
            throw new IllegalStateException(description() + " is not up");
        }
        return access;
    }

    /** A client of full rights. Owned by the cluster; thread-safe. */
    public final KubernetesClient client() {
        return access().client();
    }

    /** Path of a kubeconfig of full rights. */
    final Path kubeconfig() {
        return access().kubeconfig();
    }

    /**
     * Runs kubectl.
     *
     * @return what it printed
     */
    public final String kubectl(String... arguments) {
        return access().run(arguments);
    }

    /** The API server's audit log, where it can be read. */
    public Optional<AuditLog> auditLog() {
        return Optional.empty();
    }

    /**
     * Holds the API server still, as if it hung, while an action runs.
     *
     * @return whether that can be done here; the action did not run otherwise
     */
    public boolean withoutApiServer(Runnable action) {
        return false;
    }

    @Override
    public void close() {
        if (access != null) {
            access.close();
        }
    }
}
