package io.proxyroute.proxy.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A main class in a JVM of its own, with this one's class path. Ends with this one at the latest. */
public final class JavaProcess implements AutoCloseable {

    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Process process;

    private JavaProcess(Process process) {
        this.process = process;
        // Also when this JVM is told to end in the middle of a test.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        collect(process.getErrorStream(), errors);
        collect(process.getInputStream(), out);
    }

    /**
     * Starts it. The quick compiler alone is used: what runs for seconds never earns back what the other one costs.
     *
     * @param jvmOptions beside those that every process of the proxy needs
     */
    public static JavaProcess start(List<String> jvmOptions, Class<?> main, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(jvmOptions);
        command.add(main.getName());
        command.addAll(args);
        return new JavaProcess(new ProcessBuilder(command).start());
    }

    private static void collect(InputStream stream, List<String> lines) {
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add(e.toString());
            }
        });
    }

    /** The lines of its standard output so far. */
    public List<String> out() {
        return out;
    }

    /** The lines of its standard error so far. */
    public List<String> errors() {
        return errors;
    }

    /** Whether it has not ended. */
    public boolean alive() {
        return process.isAlive();
    }

    /** For a condition that waits for it: fails once it has ended. */
    public void mustLive() {
        if (!process.isAlive()) {
            throw new AssertionError("the process ended: " + out + errors);
        }
    }

    /** Ends its standard input. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** SIGTERM; the process' own method would close the streams as well. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for the end. */
    public int exitStatus(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience)) {
            throw new AssertionError("the process still runs: " + out + errors);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
