package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A kubeconfig with a client and a kubectl that use it. Owns the client. */
final class ClusterAccess implements AutoCloseable {

    private final Path kubeconfig;
    private final List<String> kubectl;
    private final KubernetesClient client;

    /**
     * Opens a client.
     *
     * @param kubectl command line prefix that runs kubectl
     */
    ClusterAccess(Path kubeconfig, List<String> kubectl) {
        this.kubeconfig = kubeconfig;
        this.kubectl = List.copyOf(kubectl);
        this.client =
                new KubernetesClientBuilder().withConfig(config(kubeconfig)).build();
    }

    private static Config config(Path kubeconfig) {
        try {
            Config parsed = Config.fromKubeconfig(Files.readString(kubeconfig));
            return new ConfigBuilder(parsed).withMaxConcurrentRequests(256).build();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + kubeconfig, e);
        }
    }

    KubernetesClient client() {
        return client;
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(kubectl);
        command.addAll(List.of(arguments));
        return new ProcessRunner(SourceTree.root(), Map.of("KUBECONFIG", kubeconfig.toString())).output(command);
    }

    @Override
    public void close() {
        client.close();
    }
}
