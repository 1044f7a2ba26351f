package io.proxyroute.bench;

import io.proxyroute.bench.proxy.Cores;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options shared by all benchmarks. */
final class CommonOptions {

    @Option(names = "--proxy-core", defaultValue = "0", description = "The proxy's core (${DEFAULT-VALUE}).")
    private int proxyCore;

    @Option(
            names = "--load-core",
            defaultValue = "1",
            description = "The core of load generator and backend (${DEFAULT-VALUE}).")
    private int loadCore;

    @Option(
            names = "--backend-connections",
            defaultValue = "20",
            description =
                    "connectionPool.maxConnectionsPerBackend of our proxy; the API's default is ${DEFAULT-VALUE}.")
    private int backendConnections;

    @Option(
            names = "--directory",
            defaultValue = "bench/target",
            description = "Where logs, configuration and results go (${DEFAULT-VALUE}).")
    private Path directory;

    Cores cores() {
        return new Cores(proxyCore, loadCore);
    }

    int backendConnections() {
        return backendConnections;
    }

    Path directory() {
        return directory.toAbsolutePath();
    }
}
