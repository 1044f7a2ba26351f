package io.proxyroute.e2e.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The single-node cluster of {@code e2e/local-cluster}. Its script reports the steps. */
final class NativeCluster extends Cluster {

    private static final String SCRIPT = "e2e/local-cluster/cluster";

    private final String name;
    private final boolean kept;
    private final ProcessRunner processes;
    private volatile boolean owned;

    /**
     * Refers to a cluster by name.
     *
     * @param kept whether it keeps running after close
     */
    NativeCluster(String name, boolean kept) {
        this.name = name;
        this.kept = kept;
        this.processes = new ProcessRunner(SourceTree.root(), Map.of("CLUSTER_NAME", name));
    }

    @Override
    public void start() {
        // Claim it first, so that a partly started cluster is removed too.
        owned = !kept && tryClaim();
        processes.runInTerminal(script("up", "--brief"));
        setAccess(new ClusterAccess(Path.of(processes.output(script("kubeconfig"))), script("kubectl")));
    }

    /** Succeeds if the cluster does not exist, or if the process that had claimed it has ended. */
    private boolean tryClaim() {
        try {
            processes.output(
                    script("claim", Long.toString(ProcessHandle.current().pid())));
            return true;
        } catch (ProcessRunner.ProcessFailedException e) {
            return false;
        }
    }

    private static List<String> script(String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT));
        command.addAll(List.of(arguments));
        return command;
    }

    @Override
    public String description() {
        return "the native cluster " + name;
    }

    @Override
    public boolean isOwned() {
        return owned;
    }

    @Override
    public String kubectlCommand() {
        return SCRIPT + (name.equals("proxyroute") ? "" : " --name " + name) + " kubectl";
    }

    @Override
    public void loadImages(List<Path> tars) {
        List<String> command = script("load");
        tars.forEach(tar -> command.add(tar.toString()));
        processes.runInTerminal(command);
    }

    @Override
    public Optional<AuditLog> auditLog() {
        return Optional.of(new AuditLog(Path.of(processes.output(script("audit-log")))));
    }

    @Override
    public boolean runWithApiServerSuspended(Runnable action) {
        processes.output(script("pause", "kube-apiserver"));
        try {
            action.run();
        } finally {
            processes.output(script("resume", "kube-apiserver"));
        }
        return true;
    }

    @Override
    public void close() {
        super.close();
        if (owned) {
            remove();
        }
    }

    private void remove() {
        try {
            processes.runInTerminal(script("down"));
        } catch (ProcessRunner.ProcessFailedException e) {
            throw new IllegalStateException(
                    e.getMessage() + "; to retry, run: " + nameVariable() + "make cluster-down", e);
        }
    }

    private String nameVariable() {
        return name.equals("proxyroute") ? "" : "CLUSTER_NAME=" + name + " ";
    }
}
