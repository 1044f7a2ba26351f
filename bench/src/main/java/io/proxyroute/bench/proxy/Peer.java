package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Another project's proxy.
 *
 * @param name the name in reports
 * @param command program and arguments; the configuration's path follows
 * @param configuration the template of its configuration
 * @param accessLog the log's file in the proxy's directory
 * @param versionCommand prints the version
 */
public record Peer(
        String name, List<String> command, String configuration, String accessLog, List<String> versionCommand)
        implements ProxyUnderTest {

    private static final Pattern VERSION = Pattern.compile("\\b\\d+\\.\\d+\\.\\d+");

    /** nginx, with one worker. */
    public static Peer nginx() {
        return new Peer(
                "nginx", List.of("nginx", "-e", "stderr", "-c"), "nginx.conf", "access.log", List.of("nginx", "-v"));
    }

    /** HAProxy, with one thread. Its log goes to standard output, as in a container. */
    public static Peer haproxy() {
        return new Peer(
                "HAProxy",
                List.of("haproxy", "-db", "-f"),
                "haproxy.cfg",
                PinnedProcess.STDOUT,
                List.of("haproxy", "-v"));
    }

    /** Envoy, with one worker. */
    public static Peer envoy(Path program) {
        return new Peer(
                "Envoy",
                List.of(
                        program.toString(),
                        "--concurrency",
                        "1",
                        "--disable-hot-restart",
                        "--log-level",
                        "error",
                        "--config-path"),
                "envoy.yaml",
                "access.log",
                List.of(program.toString(), "--version"));
    }

    @Override
    public String version() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(versionCommand).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return parseVersion(output);
    }

    static String parseVersion(String output) {
        return VERSION.matcher(output)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No version in: " + output));
    }

    @Override
    public LaunchSpec prepare(Path directory, int backendPort) throws IOException {
        int port = FreePort.next();
        Path file = Template.write(
                configuration, Map.of("dir", directory, "port", port, "backendPort", backendPort), directory);
        List<String> arguments = new ArrayList<>(command);
        arguments.add(file.toString());
        URI url = URI.create("http://127.0.0.1:" + port + "/");
        return new LaunchSpec(arguments, Map.of(), url, url, directory.resolve(accessLog));
    }
}
