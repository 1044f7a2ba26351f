package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.cluster.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes what a cluster knows to {@code e2e/target/failures}, so that a failure can be understood afterwards. */
final class Autopsy {

    private static final String OPERATOR_LABEL = "app.kubernetes.io/name=proxyroute-operator";

    private Autopsy() {}

    /** Writes one file for each thing worth knowing; what cannot be had is told in its file. */
    static void write(Cluster cluster, String namespace, String title) {
        Path directory = Repository.path("e2e/target/failures").resolve(title);
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, String[]> each : questions(namespace).entrySet()) {
                Files.writeString(directory.resolve(each.getKey()), ask(cluster, each.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.println("What the cluster knew of " + title + " lies in " + directory);
    }

    private static Map<String, String[]> questions(String namespace) {
        Map<String, String[]> questions = new LinkedHashMap<>();
        questions.put("routes-and-runs.yaml", line("get pxr,rrun -o yaml -n " + namespace));
        questions.put("objects.txt", line("get all,pdb,cm,endpointslices -o wide -n " + namespace));
        questions.put("events.txt", line("get events --sort-by=.lastTimestamp -n " + namespace));
        questions.put("pods.txt", line("describe pods -n " + namespace));
        questions.put(
                "proxies.log",
                line("logs -l app.kubernetes.io/name=proxyroute-proxy --prefix --tail=400 -n " + namespace));
        questions.put("operator.log", line("logs -l " + OPERATOR_LABEL + " --tail=4000 -n " + Installation.NAMESPACE));
        questions.put("operator.txt", line("describe pods -n " + Installation.NAMESPACE));
        return questions;
    }

    private static String[] line(String arguments) {
        return arguments.split(" ");
    }

    private static String ask(Cluster cluster, String... arguments) {
        try {
            return cluster.kubectl(arguments);
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }
}
