package io.proxyroute.e2e.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The single-node cluster of {@code e2e/local-cluster}, whose script tells of its steps. */
final class NativeCluster extends Cluster {

    private static final String SCRIPT = "e2e/local-cluster/cluster";

    private final String name;
    private final boolean kept;
    private final Commands commands;
    private volatile boolean ours;

    /** One that is kept goes on when it is closed. */
    NativeCluster(String name, boolean kept) {
        this.name = name;
        this.kept = kept;
        this.commands = new Commands(Repository.root(), Map.of("CLUSTER_NAME", name));
    }

    @Override
    public void up() {
        // Before the first thing is made, so that half a cluster is removed too.
        ours = !kept && isClaimed();
        commands.show(script("up", "--brief"));
        reachThrough(new Access(Path.of(commands.output(script("kubeconfig"))), script("kubectl")));
    }

    /** What is not there, and what a process claimed that was killed, is this one's to remove. */
    private boolean isClaimed() {
        try {
            commands.output(
                    script("claim", Long.toString(ProcessHandle.current().pid())));
            return true;
        } catch (Commands.CommandFailedException e) {
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
    public boolean isOurs() {
        return ours;
    }

    @Override
    public String kubectlLine() {
        return SCRIPT + (name.equals("proxyroute") ? "" : " --name " + name) + " kubectl";
    }

    @Override
    public void load(List<Path> tars) {
        List<String> command = script("load");
        tars.forEach(tar -> command.add(tar.toString()));
        commands.show(command);
    }

    @Override
    public Optional<AuditLog> auditLog() {
        return Optional.of(new AuditLog(Path.of(commands.output(script("audit-log")))));
    }

    @Override
    public boolean withoutApiServer(Runnable action) {
        commands.output(script("pause", "kube-apiserver"));
        try {
            action.run();
        } finally {
            commands.output(script("resume", "kube-apiserver"));
        }
        return true;
    }

    @Override
    public void close() {
        super.close();
        if (ours) {
            down();
        }
    }

    private void down() {
        try {
            commands.show(script("down"));
        } catch (Commands.CommandFailedException e) {
            throw new IllegalStateException(
                    e.getMessage() + "; `" + variable() + "make cluster-down` tries it again", e);
        }
    }

    private String variable() {
        return name.equals("proxyroute") ? "" : "CLUSTER_NAME=" + name + " ";
    }
}
