package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The backend of every measurement: an nginx that responds with 1 KiB from memory. */
public final class Backend implements AutoCloseable {

    private static final int BODY_BYTES = 1024;

    private final PinnedProcess process;
    private final int port;

    private Backend(PinnedProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it and waits until it responds. */
    public static Backend start(Path directory, Cores cores) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = FreePort.next();
        Path configuration = Template.write(
                "backend.conf", Map.of("dir", directory, "port", port, "body", "x".repeat(BODY_BYTES)), directory);
        PinnedProcess process = PinnedProcess.start(
                cores.load(), List.of("nginx", "-e", "stderr", "-c", configuration.toString()), Map.of(), directory);
        URI url = URI.create("http://127.0.0.1:" + port + "/");
        process.await(() -> Probe.respondsOk(url), Duration.ofSeconds(10));
        return new Backend(process, port);
    }

    /** Its port on the loopback address. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }
}
