package io.proxyroute.e2e.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies this process across the users of a cluster, so that another process can tell orphaned resources from those in
 * use. It consists of the machine's boot ID, the PID namespace, the PID and, because PIDs are reused, the start time in
 * kernel ticks. Thread-safe.
 */
final class ProcessIdentity {

    private static final Path PROC = Path.of("/proc");
    private static final Pattern FORMAT = Pattern.compile("(\\S+) (\\d+) (\\d+)");

    private ProcessIdentity() {}

    /** The identity of this process. */
    static String current() {
        String pid = Long.toString(ProcessHandle.current().pid());
        return machine() + " " + pid + " " + startTime(pid);
    }

    /** Whether the process is known to have ended; false for a process of another machine or container. */
    static boolean hasEnded(String identity) {
        Matcher parts = FORMAT.matcher(identity);
        return parts.matches()
                && parts.group(1).equals(machine())
                && !parts.group(3).equals(startTime(parts.group(2)));
    }

    private static String machine() {
        try {
            String bootId =
                    Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
            return bootId + "/" + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc", e);
        }
    }

    /** Empty if the process has ended. */
    private static String startTime(String pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid).resolve("stat"));
            // See proc(5): after the command in parentheses, the first field is the state and the 20th the start time.
            String[] fields = stat.substring(stat.lastIndexOf(") ") + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X") ? "" : fields[19];
        } catch (IOException e) {
            return "";
        }
    }
}
