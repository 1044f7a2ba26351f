package io.proxyroute.e2e.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names this process in a cluster, so that others can tell what a killed one left from what is in use: the boot of the
 * machine, its namespace of process numbers, the number, and the start time in the kernel's ticks, as a number may be given
 * anew. Thread-safe.
 */
final class Maker {

    private static final Path PROC = Path.of("/proc");
    private static final Pattern TEXT = Pattern.compile("(\\S+) (\\d+) (\\d+)");

    private Maker() {}

    /** This process. */
    static String own() {
        String pid = Long.toString(ProcessHandle.current().pid());
        return machine() + " " + pid + " " + started(pid);
    }

    /** Whether it is known to have ended: a process of another machine or container is not. */
    static boolean hasEnded(String maker) {
        Matcher parts = TEXT.matcher(maker);
        return parts.matches()
                && parts.group(1).equals(machine())
                && !parts.group(3).equals(started(parts.group(2)));
    }

    private static String machine() {
        try {
            String boot =
                    Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
            return boot + "/" + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
        } catch (IOException e) {
            throw new UncheckedIOException("/proc cannot be read", e);
        }
    }

    /** Empty for a process that is gone. */
    private static String started(String pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid).resolve("stat"));
            // After the command in parentheses: the state is the first, the start time the 20th.
            String[] fields = stat.substring(stat.lastIndexOf(") ") + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X") ? "" : fields[19];
        } catch (IOException e) {
            return "";
        }
    }
}
