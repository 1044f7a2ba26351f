package io.proxyroute.bench;

import io.proxyroute.bench.measure.ResidentMemory;
import io.proxyroute.bench.proxy.ProxyRoute;
import io.proxyroute.bench.proxy.RunningProxy;
import io.proxyroute.testbed.attack.HostileClients;
import io.proxyroute.testbed.backend.BackendServer;
import io.proxyroute.testbed.load.LoadPlan;
import io.proxyroute.testbed.load.LoadReport;
import io.proxyroute.testbed.load.LoadRun;
import io.proxyroute.testbed.load.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Serves good clients while hostile ones from the same address send or read slowly, or do nothing. Fails if a good
 * request was lost, if the process exceeded the memory of its pod, or if {@code /livez} took a second.
 */
@Command(
        name = "hostile",
        mixinStandardHelpOptions = true,
        description = "Serves good clients beside hostile ones. Exit status: 0 if none of their requests was lost.")
final class HostileCommand implements Callable<Integer> {

    private static final int POD_MIB = 512;
    /** How long the good clients are alone at first: a JVM is slow in its first seconds. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private static final Duration MAX_LIVENESS = Duration.ofSeconds(1);

    @Mixin
    private CommonOptions options;

    @Mixin
    private ProxyOptions proxy;

    @Option(names = "--connections", defaultValue = "10000", description = "Hostile connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--rate", defaultValue = "500", description = "Good requests a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--duration",
            defaultValue = "300",
            paramLabel = "SECONDS",
            description = "Duration (${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Path directory = options.directory().resolve("hostile");
        ProxyRoute launched = proxy.build(options);
        try (BackendServer backend = BackendServer.start(0, "backend", 1);
                RunningProxy running = RunningProxy.start(launched, backend.port(), directory, options.cores())) {
            URI url = running.url();
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", url.getPort());
            try (HostileClients hostile = HostileClients.start(address, connections, WARM_UP);
                    LoadRun good = LoadRun.start(
                            List.of(new Target("good", url)), plan(), report -> print(report, hostile, running))) {
                LivenessProbe probe = new LivenessProbe(running.health());
                CompletableFuture<List<LoadReport.Summary>> end = good.end();
                while (!end.isDone()) {
                    probe.check();
                    running.truncateAccessLog();
                    Thread.sleep(200);
                }
                return report(end.get().getFirst(), hostile, running, probe);
            }
        }
    }

    private LoadPlan plan() {
        return new LoadPlan(
                rate,
                WARM_UP.plusSeconds(seconds),
                32,
                256,
                0,
                0,
                256,
                null,
                200,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    private static void print(LoadReport report, HostileClients hostile, RunningProxy running) {
        switch (report) {
            case LoadReport.Second second
            when second.at().getEpochSecond() % 10 == 0 ->
                System.out.printf(
                        "  good: %d ok, %d lost, p99 %.1f ms; hostile: %d open, %d closed by the proxy; %d MiB resident%n",
                        second.okTotal(),
                        second.failedTotal(),
                        second.p99Millis(),
                        hostile.open(),
                        hostile.closed(),
                        ResidentMemory.of(running.handle()).currentMiB());
            case LoadReport.Loss loss -> System.out.println("  lost: " + loss.toJson());
            default -> {}
        }
    }

    private int report(LoadReport.Summary good, HostileClients hostile, RunningProxy running, LivenessProbe probe)
            throws IOException {
        long peakMiB = ResidentMemory.of(running.handle()).peakMiB();
        System.out.printf(
                "%nGood requests: %d ok, %d lost, p99 %.1f ms.%nHostile connections: %d opened, %d closed by the proxy,"
                        + " %d refused.%nResident memory: at most %d MiB of %d.%n/livez: at most %d ms.%n",
                good.ok(),
                good.failed(),
                good.p99Millis(),
                hostile.opened(),
                hostile.closed(),
                hostile.failed(),
                peakMiB,
                POD_MIB,
                probe.longest().toMillis());
        boolean passed =
                good.failed() == 0 && peakMiB <= POD_MIB && probe.longest().compareTo(MAX_LIVENESS) < 0;
        probe.metrics("proxyroute_exchange_ends_total", "proxyroute_overload_actions_total")
                .forEach(line -> System.out.println("  " + line));
        System.out.println(passed ? "Passed." : "Failed.");
        return passed ? 0 : 1;
    }
}
