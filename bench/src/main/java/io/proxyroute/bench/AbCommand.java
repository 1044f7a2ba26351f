package io.proxyroute.bench;

import io.proxyroute.bench.load.LoadShape;
import io.proxyroute.bench.load.Wrk;
import io.proxyroute.bench.measure.Machine;
import io.proxyroute.bench.measure.Meter;
import io.proxyroute.bench.measure.Sample;
import io.proxyroute.bench.proxy.Backend;
import io.proxyroute.bench.proxy.ProxyRoute;
import io.proxyroute.bench.proxy.RunningProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares two builds of our proxy. Three proxies run in each round: the base, the base (repeat) (the A/A run, which shows
 * what differs without a change) and the head. A round measures a few short windows of each, alternately and in an order that
 * rotates, so that what else the machine does hits all three alike. Every round starts its proxies afresh by default:
 * two processes of the same build differ by what their compilers chose, and rounds in one process would repeat that
 * difference as if it were certain.
 */
@Command(name = "ab", mixinStandardHelpOptions = true, description = "Compares two builds of the proxy.")
final class AbCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions options;

    @Option(names = "--base", required = true, paramLabel = "DIR", description = "Jars of the base.")
    private Path base;

    @Option(names = "--base-version", required = true, description = "The base's commit.")
    private String baseVersion;

    @Option(names = "--head", required = true, paramLabel = "DIR", description = "Jars of the head.")
    private Path head;

    @Option(names = "--head-version", required = true, description = "The head's commit.")
    private String headVersion;

    @Option(
            names = "--rounds",
            defaultValue = "15",
            description = "Rounds (${DEFAULT-VALUE}); a 95 %% interval takes 6.")
    private int rounds;

    @Option(
            names = "--rounds-per-start",
            defaultValue = "1",
            description = "Rounds before the proxies are started afresh (${DEFAULT-VALUE}).")
    private int roundsPerStart;

    @Option(
            names = "--windows-per-round",
            defaultValue = "8",
            description = "Windows of each proxy in a round (${DEFAULT-VALUE}).")
    private int windowsPerRound;

    @Option(
            names = "--window",
            defaultValue = "1",
            paramLabel = "SECONDS",
            description = "How long a window takes (${DEFAULT-VALUE}).")
    private int windowSeconds;

    @Option(names = "--load", defaultValue = "SATURATED", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private LoadShape load;

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.printf("Machine: %s%n", Machine.current().describe());
        System.out.printf("Base %s, head %s; %s load%n", baseVersion, headVersion, load);
        List<AbRound> measured = new ArrayList<>();
        try (Backend backend = Backend.start(options.directory().resolve("backend"), options.cores())) {
            while (measured.size() < rounds) {
                measureFreshProcesses(backend, measured);
            }
        } finally {
            // A failure late in a long run does not take the earlier rounds with it.
            if (!measured.isEmpty()) {
                report(measured);
            }
        }
        return 0;
    }

    private void report(List<AbRound> measured) throws IOException {
        AbResult result = AbResult.of(Machine.current(), baseVersion, headVersion, load, measured);
        System.out.println(result.toMarkdown());
        Results.write(result, options.directory().resolve("ab.json"));
    }

    private void measureFreshProcesses(Backend backend, List<AbRound> measured)
            throws IOException, InterruptedException {
        Wrk wrk = Wrk.install(options.directory(), options.cores().load());
        try (ResourceStack resources = new ResourceStack()) {
            Map<AbVariant, Meter> meters = new EnumMap<>(AbVariant.class);
            for (AbVariant variant : order(measured.size())) {
                RunningProxy proxy = resources.register(RunningProxy.start(
                        build(variant), backend, options.directory().resolve(variant.name()), options.cores()));
                Meter meter = resources.register(Meter.ofJvm(proxy, wrk));
                if (!meter.warmUp(load)) {
                    System.out.printf("  %s still compiles at the end of its warm-up%n", variant.label());
                }
                meters.put(variant, meter);
            }
            for (int i = 0; i < roundsPerStart && measured.size() < rounds; i++) {
                AbRound round = measureRound(meters, measured.size());
                measured.add(round);
                System.out.printf("  round %2d of %d: %s%n", measured.size(), rounds, round.describe());
            }
        }
    }

    private AbRound measureRound(Map<AbVariant, Meter> meters, int number) throws IOException, InterruptedException {
        Map<AbVariant, List<Sample>> windows = new EnumMap<>(AbVariant.class);
        for (int window = 0; window < windowsPerRound; window++) {
            for (AbVariant variant : order(number + window)) {
                windows.computeIfAbsent(variant, each -> new ArrayList<>())
                        .add(meters.get(variant).measure(load, Duration.ofSeconds(windowSeconds)));
            }
        }
        return new AbRound(
                Sample.of(windows.get(AbVariant.BASE)),
                Sample.of(windows.get(AbVariant.BASE_REPEAT)),
                Sample.of(windows.get(AbVariant.HEAD)));
    }

    private ProxyRoute build(AbVariant variant) {
        return variant == AbVariant.HEAD
                ? new ProxyRoute(variant.label(), headVersion, head, options.backendConnections())
                : new ProxyRoute(variant.label(), baseVersion, base, options.backendConnections());
    }

    /** Cycles through all six orders, so that no variant always follows the same one. */
    static List<AbVariant> order(int round) {
        List<AbVariant> order = new ArrayList<>(List.of(AbVariant.values()));
        Collections.rotate(order, round / 2);
        return round % 2 == 0 ? order : order.reversed();
    }
}
