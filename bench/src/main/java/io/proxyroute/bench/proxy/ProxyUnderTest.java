package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.nio.file.Path;

/** A proxy that a measurement can start: ours or one of its peers, each on one thread and with its access log on. */
public sealed interface ProxyUnderTest permits ProxyRoute, Peer {

    /** The name in reports. */
    String name();

    /** The version that the program itself reports, or that it was built from. */
    String version() throws IOException, InterruptedException;

    /**
     * Writes the proxy's configuration.
     *
     * @param directory an existing directory for configuration and logs
     * @param backendPort port of the backend on the loopback address
     */
    LaunchSpec prepare(Path directory, int backendPort) throws IOException;
}
