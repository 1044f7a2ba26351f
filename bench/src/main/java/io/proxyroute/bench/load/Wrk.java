package io.proxyroute.bench.load;

import io.proxyroute.bench.proxy.Cores;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/** wrk, an HTTP/1.1 load generator in C, on one thread and one core. */
public final class Wrk {

    private final Path script;
    private final int core;

    private Wrk(Path script, int core) {
        this.script = script;
        this.core = core;
    }

    /** Writes wrk's script into a directory. */
    public static Wrk install(Path directory, int core) throws IOException {
        Path script = Files.createDirectories(directory).resolve("load.lua");
        try (InputStream in = Wrk.class.getResourceAsStream("load.lua")) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return new Wrk(script, core);
    }

    /** Sends requests for whole seconds and waits for the end. */
    public LoadReport run(URI url, LoadShape shape, Duration duration) throws IOException, InterruptedException {
        List<String> command = List.of(
                "wrk",
                "--threads=1",
                "--connections=" + LoadShape.CONNECTIONS,
                "--duration=" + duration.toSeconds(),
                "--timeout=10",
                "--script=" + script,
                url.toString(),
                "--",
                Double.toString(shape.meanPauseMillis()));
        Process process = new ProcessBuilder(Cores.pinned(core, command))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("wrk failed: " + output);
        }
        return LoadReport.parse(output);
    }
}
