package io.proxyroute.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of a process, read from {@code /proc}. */
public record ResidentMemory(long currentMiB, long peakMiB) {

    /** Reads it now. */
    public static ResidentMemory of(ProcessHandle process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        long current = 0;
        long peak = 0;
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    current = kib(line) >> 10;
                } else if (line.startsWith("VmHWM:")) {
                    peak = kib(line) >> 10;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("process " + process.pid() + " has ended", e);
        }
        return new ResidentMemory(current, peak);
    }

    private static long kib(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
