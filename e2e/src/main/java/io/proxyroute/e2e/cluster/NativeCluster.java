package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The single-node cluster of {@code e2e/local-cluster}; taken down at the end if it was brought up here. */
final class NativeCluster implements Cluster {

    private static final String SCRIPT = "e2e/local-cluster/cluster";

    private final String name;
    private final Commands commands;
    private final Access access;
    private boolean ours;

    private NativeCluster(String name, Commands commands, boolean ours) {
        this.name = name;
        this.commands = commands;
        this.ours = ours;
        this.access = new Access(Path.of(commands.output(script("kubeconfig"))), script("kubectl"));
    }

    static NativeCluster open(String name) {
        Commands commands = new Commands(Repository.root(), Map.of("CLUSTER_NAME", name));
        boolean ran = isUp(commands);
        if (!ran) {
            commands.show(script("up", "--brief"));
        }
        return new NativeCluster(name, commands, !ran);
    }

    private static boolean isUp(Commands commands) {
        try {
            commands.output(script("status"));
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
    public KubernetesClient client() {
        return access.client();
    }

    @Override
    public Path kubeconfig() {
        return access.kubeconfig();
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
    public String kubectl(String... arguments) {
        return access.run(arguments);
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
    public void keep() {
        ours = false;
    }

    @Override
    public void close() {
        access.close();
        if (ours) {
            commands.show(script("down"));
        }
    }
}
