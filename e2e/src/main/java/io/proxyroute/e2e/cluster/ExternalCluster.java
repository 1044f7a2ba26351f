package io.proxyroute.e2e.cluster;

import io.proxyroute.e2e.terminal.StepReporter;
import java.nio.file.Path;
import java.util.List;

/** A cluster of the user's own. Its nodes must have access to the images. */
final class ExternalCluster extends Cluster {

    private final Path kubeconfig;
    private final StepReporter steps;

    ExternalCluster(Path kubeconfig, StepReporter steps) {
        this.kubeconfig = kubeconfig;
        this.steps = steps;
    }

    @Override
    public String description() {
        return "the cluster of " + kubeconfig;
    }

    @Override
    public void start() {
        setAccess(new ClusterAccess(kubeconfig, List.of("kubectl")));
    }

    @Override
    public boolean isOwned() {
        return false;
    }

    @Override
    public String kubectlCommand() {
        return "KUBECONFIG=" + kubeconfig + " kubectl";
    }

    /** Prints instructions only: how nodes get images depends on the cluster. */
    @Override
    public void loadImages(List<Path> tars) {
        steps.println(
                "  Every node needs these images; load them with `kind load image-archive TAR`, or on the node with"
                        + " `ctr -n k8s.io images import TAR`:");
        tars.forEach(tar -> steps.println("    " + tar));
    }
}
