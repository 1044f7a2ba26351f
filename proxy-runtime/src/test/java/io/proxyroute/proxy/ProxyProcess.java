package io.proxyroute.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.proxy.harness.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxy in a separate JVM, started by its command line and controlled by signals. */
final class ProxyProcess implements AutoCloseable {

    /** JVM startup is slow on a loaded machine. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** Each poll opens a connection. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final JavaProcess process;

    private ProxyProcess(JavaProcess process) {
        this.process = process;
    }

    static ProxyProcess start(List<String> jvmOptions, Path config, String... more) throws IOException {
        return start(List.of(), jvmOptions, config, more);
    }

    /** Starts the proxy with a limit on open files, both soft and hard. */
    static ProxyProcess withOpenFiles(int limit, Path config, String... more) throws IOException {
        List<String> wrapper = List.of("sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh");
        return start(wrapper, List.of(), config, more);
    }

    private static ProxyProcess start(List<String> wrapper, List<String> jvmOptions, Path config, String... more)
            throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx96m",
                "-XX:+UseG1GC",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Dlogback.configurationFile=logback.xml"));
        options.addAll(jvmOptions);
        List<String> args =
                new ArrayList<>(List.of("--config", config.toString(), "--health-port", "0", "--admin-port", "0"));
        args.addAll(List.of(more));
        return new ProxyProcess(JavaProcess.start(wrapper, options, ProxyMain.class, args));
    }

    List<String> log() {
        return process.errors();
    }

    List<String> accessLog() {
        return process.out();
    }

    /** The port in a line of the startup log. */
    int port(String line) {
        Pattern pattern = Pattern.compile(".*" + line + ": port (\\d+).*");
        await().atMost(TIMEOUT).failFast(process::assertAlive).untilAsserted(() -> assertThat(log())
                .as("log of the proxy")
                .anyMatch(message -> pattern.matcher(message).matches()));
        return log().stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    int traffic() {
        return port("Listener http");
    }

    int health() {
        return port("Health and metrics");
    }

    int admin() {
        return port("Admin");
    }

    /** Waits for /readyz and kills the process if it never becomes ready. */
    ProxyProcess ready() throws InterruptedException {
        boolean ready = false;
        try {
            int port = health();
            await("readiness")
                    .pollInterval(POLL_INTERVAL)
                    .atMost(TIMEOUT)
                    .failFast(process::assertAlive)
                    .until(() -> get("http://127.0.0.1:" + port + "/readyz").statusCode() == 200);
            ready = true;
            return this;
        } finally {
            if (!ready) {
                process.kill();
            }
        }
    }

    /** A URL of the health port. */
    String url(String path) {
        return "http://127.0.0.1:" + health() + path;
    }

    static HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** SIGTERM. */
    void terminate() {
        process.terminate();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.kill();
    }

    boolean alive() {
        return process.alive();
    }

    /** Waits until the process exits. */
    int exitStatus() throws InterruptedException {
        return process.exitStatus(TIMEOUT);
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
        for (String line : log()) {
            if (line.contains("LEAK:")) {
                throw new AssertionError("Netty reports a leak: " + log());
            }
        }
    }
}
