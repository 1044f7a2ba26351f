package io.proxyroute.e2e.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs local programs. */
final class ProcessRunner {

    private final Path directory;
    private final Map<String, String> environment;

    /**
     * Runs programs in a directory.
     *
     * @param environment variables in addition to those of this process
     */
    ProcessRunner(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Runs a program and captures its output.
     *
     * @return its standard output without the trailing line break
     * @throws ProcessFailedException the program does not start, or exits with a status other than 0
     */
    String output(List<String> command) {
        Process process = start(builder(command).redirectErrorStream(false));
        StringBuilder errors = new StringBuilder();
        Thread drain = Thread.ofVirtual().start(() -> errors.append(readAll(process.getErrorStream())));
        String output = readAll(process.getInputStream());
        int status = await(process);
        join(drain);
        if (status != 0) {
            throw new ProcessFailedException(command, status, errors.toString());
        }
        return output.stripTrailing();
    }

    /** Runs a program whose output goes to the terminal. */
    void runInTerminal(List<String> command) {
        int status = await(start(builder(command).inheritIO()));
        if (status != 0) {
            throw new ProcessFailedException(command, status, "see above");
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
            throw new ProcessFailedException(builder.command(), -1, e.getMessage());
        }
    }

    private static String readAll(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(cannot read the output: " + e.getMessage() + ")";
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

    /** A program did not start, or failed. */
    static final class ProcessFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ProcessFailedException(List<String> command, int status, String errors) {
            super("`" + String.join(" ", command) + "` failed with status " + status + ": " + errors.strip());
        }
    }
}
