package io.proxyroute.proxy;

import ch.qos.logback.classic.LoggerContext;
import io.proxyroute.proxy.config.ConfigRejectedException;
import io.proxyroute.proxy.config.InitialConfig;
import io.proxyroute.proxy.pool.DeniedAddresses;
import io.proxyroute.proxy.telemetry.FullCollection;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The proxy's command line. Exit status 0 after a drain, 2 if the proxy cannot start. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        description = "Serves a ProxyRoute's configuration. SIGTERM drains.")
public final class ProxyMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyMain.class);

    private static final int CANNOT_START = 2;
    private static final int MAX_LOOPS = 64;
    private static final int DEFAULT_MAX_LOOPS = 16;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "DIR",
            description = "Directory with config.json and optionally endpoints.json.")
    private Path config;

    @Option(
            names = "--tls",
            paramLabel = "DIR",
            description =
                    "Directory with tls.crt, tls.key and ca.crt of the admin port. Without it the port stays closed.")
    private Path tls;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Directory that survives a restart, for the active configuration and the live-set history."
                    + " Without it nothing is stored.")
    private Path state;

    @Option(
            names = "--filters",
            paramLabel = "DIR",
            defaultValue = "/opt/proxyroute/filters",
            description = "Directory with the jars of custom filters. Default: ${DEFAULT-VALUE}.")
    private Path filters;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            description = "Plain port of /livez, /readyz and /metrics. Default: ${DEFAULT-VALUE}.")
    private int healthPort;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "9901",
            description = "Mutually authenticated port for the operator. Default: ${DEFAULT-VALUE}.")
    private int adminPort;

    @Option(
            names = "--loops",
            paramLabel = "COUNT",
            description = "Event loops that carry traffic, 1 to " + MAX_LOOPS
                    + ". Default: one for each processor, at most " + DEFAULT_MAX_LOOPS + ".")
    private Integer loops;

    @Option(
            names = "--denied-backend-cidrs",
            paramLabel = "CIDR",
            split = ",",
            defaultValue = "${env:PROXYROUTE_DENIED_BACKEND_CIDRS:-}",
            description = "Addresses that backends given by a host must not have. Default: none.")
    private List<String> deniedBackendCidrs;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "0.0.0.0",
            description = "Address to bind to. Default: ${DEFAULT-VALUE}.")
    private String host;

    private ProxyMain() {}

    /** Starts the process. */
    public static void main(String[] arguments) {
        int status = new CommandLine(new ProxyMain()).execute(arguments);
        if (status != 0) {
            flushLog();
            System.exit(status);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        String problem = FullCollection.configurationProblem();
        if (problem != null) {
            LOG.error(problem);
            return CANNOT_START;
        }
        if (loops() < 1 || loops() > MAX_LOOPS) {
            LOG.error("Cannot start: --loops is {}, but must be 1 to {}.", loops, MAX_LOOPS);
            return CANNOT_START;
        }
        DeniedAddresses denied;
        try {
            denied = DeniedAddresses.parse(deniedBackendCidrs);
        } catch (IllegalArgumentException e) {
            LOG.error("Cannot start: --denied-backend-cidrs: {}", e.getMessage());
            return CANNOT_START;
        }
        ProxySettings settings = new ProxySettings(
                config,
                tls,
                state,
                filters,
                healthPort,
                adminPort,
                loops(),
                host,
                denied,
                System.getenv().getOrDefault("POD_NAME", ""),
                System.getenv().getOrDefault("POD_UID", ""));
        Proxy proxy;
        try {
            // Bypasses System.out, whose lock a filter's print could hold.
            proxy = Proxy.start(
                    settings,
                    InstantSource.system(),
                    RandomGenerator.getDefault(),
                    new FileOutputStream(FileDescriptor.out));
        } catch (InitialConfig.UnreadableException e) {
            e.getMessage().lines().forEach(LOG::error);
            return CANNOT_START;
        } catch (ConfigRejectedException e) {
            e.errors().forEach(error -> LOG.error("Cannot apply the configuration: {}", error));
            return CANNOT_START;
        } catch (IOException e) {
            LOG.error("Cannot start: {}", e.getMessage());
            return CANNOT_START;
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> shutDown(proxy)));
        proxy.summary().forEach(LOG::info);
        proxy.warmUp();
        // All threads of the proxy are daemons; only the shutdown hook ends the process.
        Thread.currentThread().join();
        return 0;
    }

    private int loops() {
        return loops == null ? Math.min(DEFAULT_MAX_LOOPS, Runtime.getRuntime().availableProcessors()) : loops;
    }

    /** The JVM's default status after SIGTERM is 143, which would make a regular shutdown look like a failure. */
    private static void shutDown(Proxy proxy) {
        int status = 0;
        try {
            proxy.drain();
            proxy.close();
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("The drain failed.", e);
            status = 1;
        }
        flushLog();
        Runtime.getRuntime().halt(status);
    }

    /** Log lines are written asynchronously; the last ones say why the process ended and must not be lost. */
    private static void flushLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
            log.stop();
        }
    }
}
