package io.proxyroute.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the benchmarks. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {PeersCommand.class, AbCommand.class, HostileCommand.class})
public final class Bench {

    private Bench() {}

    /** Runs one of the benchmarks and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
