package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.cluster.SourceTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the state of a cluster to {@code e2e/target/failures}, for the analysis of a failed test. */
final class FailureDump {

    private static final String OPERATOR_LABEL = "app.kubernetes.io/name=proxyroute-operator";

    private FailureDump() {}

    /** Writes one file per kubectl command; if a command fails, its file contains the error. */
    static void write(Cluster cluster, String namespace, String title) {
        Path directory = SourceTree.path("e2e/target/failures").resolve(title);
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, String> file : kubectlArguments(namespace).entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), output(cluster, file.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.println("The cluster state after the failure of " + title + " is in " + directory);
    }

    private static Map<String, String> kubectlArguments(String namespace) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("routes-and-runs.yaml", "get pxr,rrun -o yaml -n " + namespace);
        arguments.put("objects.txt", "get all,pdb,cm,endpointslices -o wide -n " + namespace);
        arguments.put("events.txt", "get events --sort-by=.lastTimestamp -n " + namespace);
        arguments.put("pods.txt", "describe pods -n " + namespace);
        arguments.put(
                "proxies.log", "logs -l app.kubernetes.io/name=proxyroute-proxy --prefix --tail=400 -n " + namespace);
        arguments.put("operator.log", "logs -l " + OPERATOR_LABEL + " --tail=4000 -n " + Installation.NAMESPACE);
        arguments.put("operator.txt", "describe pods -n " + Installation.NAMESPACE);
        return arguments;
    }

    private static String output(Cluster cluster, String arguments) {
        try {
            return cluster.kubectl(arguments.split(" "));
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }
}
