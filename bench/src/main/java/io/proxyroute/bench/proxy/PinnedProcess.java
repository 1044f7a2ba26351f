package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * A child process on one core, its output in {@code stdout.log} and {@code stderr.log} of a directory. Closing kills it
 * and its children; so does the end of this JVM.
 */
final class PinnedProcess implements AutoCloseable {

    /** The file of its standard output. */
    static final String STDOUT = "stdout.log";

    private static final String STDERR = "stderr.log";

    private static final Set<PinnedProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(PinnedProcess::close)));
    }

    private final Process process;
    private final Path directory;

    private PinnedProcess(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    static PinnedProcess start(int core, List<String> command, Map<String, String> environment, Path directory)
            throws IOException {
        // Appended to, so that a log that is truncated in the meantime starts again at 0.
        ProcessBuilder builder = new ProcessBuilder(Cores.pinned(core, command))
                .redirectOutput(Redirect.appendTo(directory.resolve(STDOUT).toFile()))
                .redirectError(directory.resolve(STDERR).toFile());
        builder.environment().putAll(environment);
        PinnedProcess started = new PinnedProcess(builder.start(), directory);
        RUNNING.add(started);
        return started;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits until the condition holds; fails with the process's own error output if it ends before. */
    void await(BooleanSupplier condition, Duration limit) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("%s in %s is not ready %s: %s"
                        .formatted(
                                process.info().command().orElse("The process"),
                                directory,
                                process.isAlive() ? "after " + limit.toSeconds() + " s" : "and has ended",
                                Files.readString(directory.resolve(STDERR))));
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        RUNNING.remove(this);
        List<ProcessHandle> children = process.descendants().toList();
        // The parent first: it would start another child.
        process.destroyForcibly().onExit().join();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
