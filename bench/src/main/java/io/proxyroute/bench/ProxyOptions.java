package io.proxyroute.bench;

import io.proxyroute.bench.proxy.ProxyRoute;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options that name the build of our proxy to measure. */
final class ProxyOptions {

    @Option(names = "--proxy", required = true, paramLabel = "DIR", description = "Jars of our proxy.")
    private Path libraries;

    @Option(names = "--proxy-version", required = true, description = "Its commit.")
    private String version;

    ProxyRoute build(CommonOptions options) {
        return new ProxyRoute("ProxyRoute", version, libraries, options.backendConnections());
    }
}
