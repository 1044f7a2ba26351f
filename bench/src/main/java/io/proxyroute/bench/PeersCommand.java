package io.proxyroute.bench;

import io.proxyroute.bench.load.LoadShape;
import io.proxyroute.bench.load.Wrk;
import io.proxyroute.bench.measure.Machine;
import io.proxyroute.bench.measure.Meter;
import io.proxyroute.bench.measure.Sample;
import io.proxyroute.bench.proxy.Backend;
import io.proxyroute.bench.proxy.Peer;
import io.proxyroute.bench.proxy.ProxyRoute;
import io.proxyroute.bench.proxy.ProxyUnderTest;
import io.proxyroute.bench.proxy.RunningProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares our proxy with its peers. In each round every proxy is started afresh and measured alone: its first ten
 * seconds, then, warm, under saturating and under paced load.
 */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        description = "Compares the proxy with nginx, HAProxy, Envoy.")
final class PeersCommand implements Callable<Integer> {

    private static final Duration COLD_START = Duration.ofSeconds(10);

    @Mixin
    private CommonOptions options;

    @Mixin
    private ProxyOptions proxy;

    @Option(names = "--envoy", required = true, paramLabel = "FILE", description = "Envoy's binary.")
    private Path envoy;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--window",
            defaultValue = "8",
            paramLabel = "SECONDS",
            description = "How long each kind of load takes (${DEFAULT-VALUE}).")
    private int windowSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<ProxyUnderTest> proxies =
                List.of(proxy.build(options), Peer.nginx(), Peer.haproxy(), Peer.envoy(envoy.toAbsolutePath()));
        Map<ProxyUnderTest, List<PeerRound>> measured = new LinkedHashMap<>();
        proxies.forEach(each -> measured.put(each, new ArrayList<>()));
        System.out.printf("Machine: %s%n", Machine.current().describe());
        try (Backend backend = Backend.start(options.directory().resolve("backend"), options.cores())) {
            for (int round = 0; round < rounds; round++) {
                List<ProxyUnderTest> order = new ArrayList<>(proxies);
                Collections.rotate(order, round);
                for (ProxyUnderTest each : order) {
                    PeerRound result = measure(each, backend);
                    measured.get(each).add(result);
                    System.out.printf(
                            "  round %d of %d: %-10s %s%n", round + 1, rounds, each.name(), result.describe());
                }
            }
        }
        PeersResult result = PeersResult.of(Machine.current(), measured);
        System.out.println(result.toMarkdown());
        Results.write(result, options.directory().resolve("peers.json"));
        return 0;
    }

    private PeerRound measure(ProxyUnderTest each, Backend backend) throws IOException, InterruptedException {
        Wrk wrk = Wrk.install(options.directory(), options.cores().load());
        Path directory = options.directory().resolve(each.name());
        try (RunningProxy running = RunningProxy.start(each, backend, directory, options.cores())) {
            // Without the management agent, which would cost time just now.
            Sample first = Meter.of(running, wrk).measure(LoadShape.SATURATED, COLD_START);
            try (Meter meter = each instanceof ProxyRoute ? Meter.ofJvm(running, wrk) : Meter.of(running, wrk)) {
                meter.warmUp(LoadShape.SATURATED);
                Duration window = Duration.ofSeconds(windowSeconds);
                Sample saturated = meter.measure(LoadShape.SATURATED, window);
                Sample paced = meter.measure(LoadShape.PACED, window);
                return new PeerRound(first, saturated, paced);
            }
        }
    }
}
