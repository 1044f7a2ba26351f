package io.proxyroute.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a measurement ran.
 *
 * @param cpu model of the processor
 * @param cores how many this process may use
 * @param kernel name and release
 * @param jdk vendor and version of the JVM, here and in our proxy
 */
public record Machine(String cpu, int cores, String kernel, String jdk) {

    /** This machine. */
    public static Machine current() throws IOException {
        return new Machine(
                model(Files.readString(Path.of("/proc/cpuinfo"))),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor.version") + " " + Runtime.version());
    }

    static String model(String cpuinfo) {
        return cpuinfo.lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** One line for a report. */
    public String describe() {
        return "%s, %d cores, %s, JDK %s".formatted(cpu, cores, kernel, jdk);
    }
}
