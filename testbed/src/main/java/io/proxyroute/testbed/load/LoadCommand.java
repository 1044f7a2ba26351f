package io.proxyroute.testbed.load;

import io.proxyroute.testbed.backend.BackendServer;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends load and prints what became of it, one JSON line a second and one at the end. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Sends requests at a constant rate to each target, never any of them twice, and checks each answer.",
            "Exit status: 0 nothing lost, 1 something lost, 3 the generator fell behind, so that the run is void."
        })
public final class LoadCommand implements Callable<Integer> {

    private static final int LOST = 1;
    private static final int VOID = 3;

    @Parameters(arity = "1..*", paramLabel = "[NAME=]URL", description = "Targets.")
    private List<String> targets;

    @Option(names = "--rate", defaultValue = "100", description = "Requests a second and target (${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--duration", defaultValue = "60s", description = "How long, at most 2h (${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(names = "--connections", defaultValue = "16", description = "Kept alive per target (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--max-connections",
            defaultValue = "512",
            description = "Never more than these per target (${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(
            names = "--requests-per-connection",
            defaultValue = "0",
            description = "Close a connection after so many answers; 0 never (${DEFAULT-VALUE}).")
    private long requestsPerConnection;

    @Option(names = "--request-bytes", defaultValue = "0", description = "Body of each request; 0 sends GET.")
    private int requestBytes;

    @Option(names = "--response-bytes", defaultValue = "256", description = "Body asked for (${DEFAULT-VALUE}).")
    private int responseBytes;

    @Option(names = "--host", description = "Host header, if it is not the target's own.")
    private String host;

    @Option(names = "--expect", defaultValue = "200", description = "Status of a correct answer (${DEFAULT-VALUE}).")
    private int expectedStatus;

    @Option(
            names = "--timeout",
            defaultValue = "10s",
            description = "From the scheduled time to the last byte (${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--max-lag",
            defaultValue = "1s",
            description = "A request that leaves later voids the run (${DEFAULT-VALUE}).")
    private Duration maxLag;

    @Override
    public Integer call() throws UnknownHostException, InterruptedException {
        warmUp();
        LoadPlan plan = new LoadPlan(
                rate,
                duration,
                connections,
                Math.max(connections, maxConnections),
                requestsPerConnection,
                requestBytes,
                responseBytes,
                host,
                expectedStatus,
                timeout,
                maxLag);
        List<Target> parsed = targets.stream().map(Target::parse).toList();
        try (LoadRun run = LoadRun.start(parsed, plan, line -> System.out.println(line.toJson()))) {
            stopAtSignal(run);
            return status(run.end().join());
        }
    }

    /** Has the JVM compile what a run needs, against a backend in this process, so that the first second is no worse. */
    private static void warmUp() throws UnknownHostException, InterruptedException {
        LoadPlan plan = new LoadPlan(
                1000,
                Duration.ofMillis(1500),
                8,
                8,
                100,
                0,
                256,
                null,
                200,
                Duration.ofSeconds(10),
                Duration.ofHours(1));
        try (BackendServer backend = BackendServer.start(0, "warm-up", 1);
                LoadRun run = LoadRun.start(
                        List.of(Target.parse("http://127.0.0.1:" + backend.port() + "/")), plan, line -> {})) {
            run.end().join();
        }
    }

    /** SIGTERM ends the run early, and its summary is still printed. */
    private static void stopAtSignal(LoadRun run) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            run.stop();
                            run.end().join();
                        },
                        "stop"));
    }

    private static int status(List<LoadLine.Summary> summaries) {
        if (summaries.stream().anyMatch(LoadLine.Summary::fellBehind)) {
            return VOID;
        }
        return summaries.stream().anyMatch(each -> each.failed() > 0) ? LOST : 0;
    }
}
