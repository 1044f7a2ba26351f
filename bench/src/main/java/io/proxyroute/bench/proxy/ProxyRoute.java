package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A build of our proxy, started as in a pod with a CPU limit of 1 and the default memory limit of 512 MiB.
 *
 * @param name the name in reports
 * @param version the commit it was built from
 * @param libraries a directory with the proxy's jars
 * @param backendConnections {@code connectionPool.maxConnectionsPerBackend}
 */
public record ProxyRoute(String name, String version, Path libraries, int backendConnections)
        implements ProxyUnderTest {

    /** What the operator sets in JDK_JAVA_OPTIONS for 512 MiB; a test compares them with its golden file. */
    static final List<String> POD_OPTIONS = List.of(
            "-Xmx235m",
            "-XX:MaxDirectMemorySize=59m",
            "-Dio.netty.maxDirectMemory=102760448",
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError");

    /** What the image's launcher sets. */
    private static final List<String> IMAGE_OPTIONS =
            List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders");

    @Override
    public LaunchSpec prepare(Path directory, int backendPort) throws IOException {
        int port = FreePort.next();
        int healthPort = FreePort.next();
        Template.write(
                "config.json",
                Map.of("port", port, "backendPort", backendPort, "backendConnections", backendConnections),
                directory);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(IMAGE_OPTIONS);
        command.addAll(POD_OPTIONS);
        command.add("-XX:ActiveProcessorCount=1");
        command.addAll(List.of("-cp", libraries + "/*", "io.proxyroute.proxy.ProxyMain"));
        command.addAll(List.of("--config", directory.toString(), "--host", "127.0.0.1"));
        command.addAll(List.of("--health-port", Integer.toString(healthPort)));
        return new LaunchSpec(
                command,
                Map.of(),
                URI.create("http://127.0.0.1:" + port + "/"),
                URI.create("http://127.0.0.1:" + healthPort + "/readyz"),
                directory.resolve(PinnedProcess.STDOUT));
    }
}
