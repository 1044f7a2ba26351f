package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.ScenarioRunner;
import io.proxyroute.e2e.TestEnvironment;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.cluster.SourceTree;
import io.proxyroute.e2e.terminal.Terminal;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.TestNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command behind {@code make demo}: runs the demo scenario in the terminal and prints a summary. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "A proxy pod leaks; the operator detects and replaces it without losing a request.",
            "Exit status: 0 on success; 1 if a request was lost, the leak was not detected or a healthy pod was touched."
        })
public final class Demo implements Callable<Integer> {

    private Demo() {}

    /** Runs the demo and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Demo()).execute(args));
    }

    @Override
    public Integer call() {
        return ScenarioRunner.run(
                "demo",
                "The operator found and replaced the leaking pod, left its sibling alone, and lost no request.",
                Demo::run);
    }

    private static List<String> run(TestEnvironment environment, String namespaceName) {
        environment.install();
        TestNamespace namespace = environment.createNamespace(namespaceName);
        DemoResult result = new DemoScenario(namespace, environment.terminal()).run();
        Optional<Path> report =
                result.atEnd().run().flatMap(run -> saveReport(environment.cluster(), environment.terminal(), run));
        DemoSummary.of(result, report, environment.terminal().width()).forEach(environment.terminal()::println);
        return DemoChecks.failures(result);
    }

    private static Optional<Path> saveReport(Cluster cluster, Terminal terminal, ClusterSnapshot.RunState run) {
        if (run.report() == null) {
            return Optional.empty();
        }
        ApiProxyClient.Response response = new ApiProxyClient(cluster.client())
                .getFromLoopback(
                        Installation.NAMESPACE, Installation.OPERATOR, Installation.REPORTS_PORT, run.report());
        if (response.status() != 200) {
            terminal.println("  Cannot read the report " + run.report() + ": HTTP status " + response.status());
            return Optional.empty();
        }
        try {
            Path file = SourceTree.path("e2e/target/demo/report.html");
            Files.createDirectories(file.getParent());
            return Optional.of(Files.writeString(file, response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
