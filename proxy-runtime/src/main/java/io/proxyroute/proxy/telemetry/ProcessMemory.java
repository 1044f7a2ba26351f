package io.proxyroute.proxy.telemetry;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.telemetry.Snapshot;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the process's memory figures, one of them from {@code /proc}. Any thread. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    /**
     * Whether the JDK allocates and counts Netty's direct buffers, which it does if Netty has Unsafe but no access to the
     * JDK's buffer constructor. Otherwise Netty allocates and counts them itself.
     */
    private static final boolean JDK_COUNTS_NETTY =
            PlatformDependent.hasUnsafe() && !PlatformDependent.useDirectBufferNoCleaner();

    private ProcessMemory() {}

    /** The current figures. */
    public static Snapshot.Memory read() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Snapshot.Memory(
                heap.getUsed(), heap.getCommitted(), heap.getMax(), nettyDirect(), jdkDirect(), resident(), limit());
    }

    private static Snapshot.DirectMemory nettyDirect() {
        return JDK_COUNTS_NETTY
                ? new Snapshot.DirectMemory(-1, -1)
                : new Snapshot.DirectMemory(
                        Math.max(0, PlatformDependent.usedDirectMemory()), PlatformDependent.maxDirectMemory());
    }

    private static Snapshot.DirectMemory jdkDirect() {
        long used = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        long limit = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        // If not set, it is the maximum heap size.
        return new Snapshot.DirectMemory(used, limit == 0 ? Runtime.getRuntime().maxMemory() : limit);
    }

    /** The resident set in bytes; -1 if unknown. */
    static long resident() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
        return -1;
    }

    /** The memory limit of the control group (v1 or v2), or the machine's memory. */
    static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : -1;
    }
}
