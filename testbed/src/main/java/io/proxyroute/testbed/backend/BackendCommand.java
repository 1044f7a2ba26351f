package io.proxyroute.testbed.backend;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code testbed backend}: serves until SIGTERM, then drains. */
@Command(
        name = "backend",
        mixinStandardHelpOptions = true,
        description = {
            "Responds to every request with a body of known content.",
            "Query: id=N size=BYTES status=CODE delay=MILLIS chunked=true chunk=BYTES pause=MILLIS (between chunks)"
                    + " close=true cut=BYTES (drop the connection after that many).",
            "Paths: /headers returns the request headers as JSON, /echo the request body, /healthz 200 (503 while draining)."
        })
public final class BackendCommand implements Callable<Integer> {

    @Option(names = "--port", defaultValue = "8080", description = "Port to listen on (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--name",
            defaultValue = "${env:POD_NAME:-backend}",
            description = "Value of the response header x-backend.")
    private String name;

    @Option(names = "--threads", defaultValue = "1", description = "Event loops (${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--drain",
            defaultValue = "5s",
            description = "How long to keep serving after SIGTERM (${DEFAULT-VALUE}).")
    private Duration drain;

    @Override
    public Integer call() throws InterruptedException {
        BackendServer server = BackendServer.start(port, name, threads);
        System.out.println("backend " + name + " listening on port " + server.port());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.drain(drain), "drain"));
        server.awaitClose();
        return 0;
    }
}
