package io.proxyroute.e2e.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs programs of the machine. */
final class Commands {

    private final Path directory;
    private final Map<String, String> environment;

    /** Programs are run in a directory, with variables beside those of this process. */
    Commands(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Runs a program to its end.
     *
     * @return what it printed on standard output, without the last line break
     * @throws CommandFailedException it cannot be started, or its status is not 0
     */
    String output(List<String> command) {
        Process process = start(builder(command).redirectErrorStream(false));
        StringBuilder errors = new StringBuilder();
        Thread drain = Thread.ofVirtual().start(() -> errors.append(readAll(process.getErrorStream())));
        String output = readAll(process.getInputStream());
        int status = await(process);
        join(drain);
        if (status != 0) {
            throw new CommandFailedException(command, status, errors.toString());
        }
        return output.stripTrailing();
    }

    /** Runs a program to its end; what it prints is seen. */
    void show(List<String> command) {
        int status = await(start(builder(command).inheritIO()));
        if (status != 0) {
            throw new CommandFailedException(command, status, "see above");
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new CommandFailedException(builder.command(), -1, e.getMessage());
        }
    }

    private static String readAll(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(output lost: " + e.getMessage() + ")";
        }
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A program failed. */
    static final class CommandFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        CommandFailedException(List<String> command, int status, String errors) {
            super("`" + String.join(" ", command) + "` ended with status " + status + ": " + errors.strip());
        }
    }
}
