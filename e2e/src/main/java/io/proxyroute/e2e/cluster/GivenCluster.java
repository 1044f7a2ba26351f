package io.proxyroute.e2e.cluster;

import io.proxyroute.e2e.terminal.Steps;
import java.nio.file.Path;
import java.util.List;

/** A cluster that somebody else runs. Its nodes must be able to get the images themselves. */
final class GivenCluster extends Cluster {

    private final Path kubeconfig;
    private final Steps steps;

    GivenCluster(Path kubeconfig, Steps steps) {
        this.kubeconfig = kubeconfig;
        this.steps = steps;
    }

    @Override
    public String description() {
        return "the cluster of " + kubeconfig;
    }

    @Override
    public void up() {
        reachThrough(new Access(kubeconfig, List.of("kubectl")));
    }

    @Override
    public boolean isOurs() {
        return false;
    }

    @Override
    public String kubectlLine() {
        return "KUBECONFIG=" + kubeconfig + " kubectl";
    }

    /** Not ours to do: how a node gets images is its owner's choice. */
    @Override
    public void load(List<Path> tars) {
        steps.say("  Every node needs these images; `kind load image-archive TAR`, or on the node `ctr -n k8s.io images"
                + " import TAR`, brings them there:");
        tars.forEach(tar -> steps.say("    " + tar));
    }
}
