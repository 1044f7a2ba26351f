package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A running cluster. Closing it gives back what bringing it up took; one that ran already goes on. */
public sealed interface Cluster extends AutoCloseable permits GivenCluster, K3sCluster, NativeCluster {

    /** What it is, in a few words. */
    String description();

    /** A client of full rights. Owned by the cluster; thread-safe. */
    KubernetesClient client();

    /** Path of a kubeconfig of full rights. */
    Path kubeconfig();

    /** How a person calls kubectl for it. */
    String kubectlLine();

    /** Brings images into it, where that is ours to do. */
    void load(List<Path> tars);

    /**
     * Runs kubectl.
     *
     * @return what it printed
     */
    String kubectl(String... arguments);

    /** The API server's audit log, where it can be read. */
    Optional<AuditLog> auditLog();

    /**
     * Holds the API server still, as if it hung, while an action runs.
     *
     * @return whether that can be done here; the action did not run otherwise
     */
    boolean withoutApiServer(Runnable action);

    /** Leaves the cluster running when this one is closed. */
    void keep();

    @Override
    void close();
}
