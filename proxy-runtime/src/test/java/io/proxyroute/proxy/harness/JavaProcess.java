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

/** Runs a main class in a separate JVM with the class path of this one. Ends with this JVM at the latest. */
public final class JavaProcess implements AutoCloseable {

    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Process process;

    private JavaProcess(Process process) {
        this.process = process;
        // Also if this JVM is terminated in the middle of a test.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        collect(process.getErrorStream(), errors);
        collect(process.getInputStream(), out);
    }

    /**
     * Starts the process, with the C1 compiler only: in a run of a few seconds, C2 costs more than it saves.
     *
     * @param jvmOptions options in addition to those that every proxy process needs
     */
    public static JavaProcess start(List<String> jvmOptions, Class<?> main, List<String> args) throws IOException {
        return start(List.of(), jvmOptions, main, args);
    }

    /** @param wrapper command that executes the rest of the command line; empty for none */
    public static JavaProcess start(List<String> wrapper, List<String> jvmOptions, Class<?> main, List<String> args)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
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

    /** Whether the process is running. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Fails if the process has ended. For {@code failFast} of a wait. */
    public void assertAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("the process ended: " + out + errors);
        }
    }

    /** Closes its standard input. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Sends SIGTERM. {@link Process#destroy} would also close the streams. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for the end and returns the exit status. */
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
