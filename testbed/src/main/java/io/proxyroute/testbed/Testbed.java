package io.proxyroute.testbed;

import io.proxyroute.testbed.backend.BackendCommand;
import io.proxyroute.testbed.load.LoadCommand;
import io.proxyroute.testbed.rogue.RogueProxy;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;

/** Entry point of the backend and the load generator. */
@Command(
        name = "testbed",
        mixinStandardHelpOptions = true,
        description = "A backend and a load generator for testing a proxy.",
        subcommands = {BackendCommand.class, LoadCommand.class})
public final class Testbed {

    private Testbed() {}

    /** Runs the selected program and exits with its status. With the arguments of a proxy, it runs in the place of one. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].startsWith("--config=")) {
            RogueProxy.run(Path.of("/etc/proxyroute/tls"), Path.of("/etc/proxyroute/config"));
        }
        System.exit(commandLine().execute(args));
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Testbed()).registerConverter(Duration.class, new DurationConverter());
    }

    /** Parses {@code 90s}, {@code 1m30s} or {@code 0.25s}. */
    private static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return Duration.parse("PT" + value);
        }
    }
}
