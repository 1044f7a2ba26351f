package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A started proxy that is ready for requests. Closing kills it. */
public final class RunningProxy implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final LaunchSpec launch;
    private final PinnedProcess process;

    private RunningProxy(LaunchSpec launch, PinnedProcess process) {
        this.launch = launch;
        this.process = process;
    }

    /** Starts a proxy on its core and waits until it is ready. */
    public static RunningProxy start(ProxyUnderTest proxy, Backend backend, Path directory, Cores cores)
            throws IOException, InterruptedException {
        return start(proxy, backend.port(), directory, cores);
    }

    /** The same with a backend on a port of the loopback address. */
    public static RunningProxy start(ProxyUnderTest proxy, int backendPort, Path directory, Cores cores)
            throws IOException, InterruptedException {
        Path own = Files.createDirectories(directory).toAbsolutePath();
        LaunchSpec launch = proxy.prepare(own, backendPort);
        PinnedProcess process = PinnedProcess.start(cores.proxy(), launch.command(), launch.environment(), own);
        try {
            process.await(() -> Probe.respondsOk(launch.ready()), START_LIMIT);
        } catch (IOException | InterruptedException e) {
            process.close();
            throw e;
        }
        return new RunningProxy(launch, process);
    }

    /** Where it takes requests. */
    public URI url() {
        return launch.url();
    }

    /** Where it reports whether it is ready. */
    public URI health() {
        return launch.ready();
    }

    /** The operating system's view of it. */
    public ProcessHandle handle() {
        return process.handle();
    }

    /** Empties the access log, which would fill the disk otherwise. */
    public void truncateAccessLog() throws IOException {
        FileChannel.open(launch.accessLog(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close();
    }

    @Override
    public void close() {
        process.close();
    }
}
