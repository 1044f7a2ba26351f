package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A cluster that somebody else runs. Its nodes must be able to get the images themselves. */
final class GivenCluster implements Cluster {

    private final Access access;

    private GivenCluster(Path kubeconfig) {
        this.access = new Access(kubeconfig, List.of("kubectl"));
    }

    static GivenCluster open(Path kubeconfig) {
        return new GivenCluster(kubeconfig);
    }

    @Override
    public String description() {
        return "the cluster of " + access.kubeconfig();
    }

    @Override
    public KubernetesClient client() {
        return access.client();
    }

    @Override
    public Path kubeconfig() {
        return access.kubeconfig();
    }

    @Override
    public String kubectlLine() {
        return "KUBECONFIG=" + access.kubeconfig() + " kubectl";
    }

    @Override
    public void load(List<Path> tars) {
        // Not ours to do: the images are pulled, or were loaded by the cluster's owner.
    }

    @Override
    public String kubectl(String... arguments) {
        return access.run(arguments);
    }

    @Override
    public Optional<AuditLog> auditLog() {
        return Optional.empty();
    }

    @Override
    public boolean withoutApiServer(Runnable action) {
        return false;
    }

    @Override
    public void keep() {
        // It stays anyway.
    }

    @Override
    public void close() {
        access.close();
    }
}
