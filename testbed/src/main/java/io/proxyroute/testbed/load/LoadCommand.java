package io.proxyroute.testbed.load;

import io.proxyroute.testbed.backend.BackendServer;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code testbed load}: sends load and prints a JSON report every second and a summary at the end. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Sends requests at a constant rate to each target, never retries one, and checks each response.",
            "Exit status: 0 if no request was lost, 1 if one was lost, 3 if the generator fell behind, which voids the run."
        })
public final class LoadCommand implements Callable<Integer> {

    private static final int REQUEST_LOST = 1;
    private static final int RUN_VOID = 3;

    @Parameters(arity = "1..*", paramLabel = "[NAME=]URL", description = "Targets.")
    private List<String> targets;

    @Option(names = "--rate", defaultValue = "100", description = "Requests per second and target (${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--duration", defaultValue = "60s", description = "Duration, at most 2h (${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(
            names = "--connections",
            defaultValue = "16",
            description = "Connections to keep open per target (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--max-connections",
            defaultValue = "512",
            description = "Maximum number of connections per target (${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(
            names = "--requests-per-connection",
            defaultValue = "0",
            description = "Close a connection after this many responses; 0 never (${DEFAULT-VALUE}).")
    private long requestsPerConnection;

    @Option(names = "--request-bytes", defaultValue = "0", description = "Length of each request body; 0 sends GET.")
    private int requestBytes;

    @Option(
            names = "--response-bytes",
            defaultValue = "256",
            description = "Length of the response body to request (${DEFAULT-VALUE}).")
    private int responseBytes;

    @Option(names = "--host", description = "Host header, if it differs from the target.")
    private String host;

    @Option(names = "--expect", defaultValue = "200", description = "Expected status code (${DEFAULT-VALUE}).")
    private int expectedStatus;

    @Option(
            names = "--timeout",
            defaultValue = "10s",
            description = "Maximum time from the scheduled time to the last byte (${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--max-lag",
            defaultValue = "1s",
            description = "A request sent later than this voids the run (${DEFAULT-VALUE}).")
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
        try (LoadRun run = LoadRun.start(parsed, plan, report -> System.out.println(report.toJson()))) {
            stopAtSignal(run);
            return status(run.end().join());
        }
    }

    /** Runs against a backend in this process first, so that compilation does not distort the first second. */
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
                        List.of(Target.parse("http://127.0.0.1:" + backend.port() + "/")), plan, report -> {})) {
            run.end().join();
        }
    }

    /** On SIGTERM, stops the run early and still prints its summary. */
    private static void stopAtSignal(LoadRun run) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            run.stop();
                            run.end().join();
                        },
                        "stop"));
    }

    private static int status(List<LoadReport.Summary> summaries) {
        if (summaries.stream().anyMatch(LoadReport.Summary::fellBehind)) {
            return RUN_VOID;
        }
        return summaries.stream().anyMatch(each -> each.failed() > 0) ? REQUEST_LOST : 0;
    }
}
