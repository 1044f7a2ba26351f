package io.proxyroute.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The CPU time of a process and its children, from {@code /proc/PID/stat} (proc_pid_stat(5)). */
final class CpuTime {

    /** USER_HZ is 100 on every architecture that we run on. */
    private static final long MICROS_PER_TICK = 10_000;

    /** Fields 14 and 15, counted from the one behind the command's closing parenthesis, which is field 3. */
    private static final int UTIME = 14 - 3;

    private static final int STIME = 15 - 3;

    private CpuTime() {}

    /** User and system time so far, in microseconds and steps of 10 ms. */
    static long micros(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .mapToLong(each -> ofProcess(each.pid()))
                .sum();
    }

    private static long ofProcess(long pid) {
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (NoSuchFileException e) {
            return 0; // a child that has just ended
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long parse(String stat) {
        // The command may contain spaces and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
    }
}
