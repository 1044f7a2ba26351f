package io.proxyroute.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxy as users run it: a JVM of its own, started by its command line, and told what to do by signals. */
final class ProxyProcess implements AutoCloseable {

    /** A JVM's start takes long where many are at work. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> accessLog = new CopyOnWriteArrayList<>();
    private final Process process;

    private ProxyProcess(Process process) {
        this.process = process;
        // Also when this JVM is told to end in the middle of a test.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        collect(process.getErrorStream(), log);
        collect(process.getInputStream(), accessLog);
    }

    static ProxyProcess start(List<String> jvmOptions, Path config, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx96m",
                "-XX:+UseG1GC",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(jvmOptions);
        command.addAll(List.of(
                ProxyMain.class.getName(), "--config", config.toString(), "--health-port", "0", "--admin-port", "0"));
        command.addAll(List.of(more));
        return new ProxyProcess(new ProcessBuilder(command).start());
    }

    private static void collect(InputStream stream, List<String> lines) {
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                lines.add(e.toString());
            }
        });
    }

    List<String> log() {
        return log;
    }

    List<String> accessLog() {
        return accessLog;
    }

    /** The port that a line of the start-up messages tells. */
    int port(String line) {
        Pattern pattern = Pattern.compile(".*" + line + ": port (\\d+).*");
        await().atMost(PATIENCE).failFast(this::mustLive).untilAsserted(() -> assertThat(log)
                .as("log of the proxy")
                .anyMatch(told -> pattern.matcher(told).matches()));
        return log.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private void mustLive() {
        if (!process.isAlive()) {
            throw new AssertionError("the proxy ended: " + log);
        }
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

    /** Waits until /readyz says so; a process that never is ready is ended. */
    ProxyProcess ready() {
        boolean ready = false;
        try {
            int port = health();
            await("readiness")
                    .atMost(PATIENCE)
                    .failFast(this::mustLive)
                    .until(() -> get("http://127.0.0.1:" + port + "/readyz").statusCode() == 200);
            ready = true;
            return this;
        } finally {
            if (!ready) {
                process.destroyForcibly();
            }
        }
    }

    static HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** SIGTERM; the process' own method would close the streams as well. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits for the end. */
    int exitStatus() throws InterruptedException {
        if (!process.waitFor(PATIENCE)) {
            throw new AssertionError("the proxy still runs: " + log);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
        for (String line : log) {
            if (line.contains("LEAK:")) {
                throw new AssertionError("Netty reports a leak: " + log);
            }
        }
    }
}
