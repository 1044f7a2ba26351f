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

    private static final System.Logger LOG = System.getLogger(ClusterAccess.class.getName());

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

    /** Runs kubectl. Runs it a second time if the API server did not answer within its own time limit. */
    String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(kubectl);
        command.addAll(List.of(arguments));
        ProcessRunner processes = new ProcessRunner(SourceTree.root(), Map.of("KUBECONFIG", kubeconfig.toString()));
        try {
            return processes.output(command);
        } catch (ProcessRunner.ProcessFailedException e) {
            if (!isServerTimeout(e)) {
                throw e;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Retrying once, because the API server timed out: {0}",
                    e.getMessage());
            return processes.output(command);
        }
    }

    /** Whether the API server gave up a request that stalled in its store, which says nothing about the request. */
    private static boolean isServerTimeout(ProcessRunner.ProcessFailedException e) {
        return e.getMessage().contains("Error from server (Timeout)")
                || e.getMessage().contains("Error from server (ServerTimeout)");
    }

    @Override
    public void close() {
        client.close();
    }
}
