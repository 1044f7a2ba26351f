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

/** Reads the process' memory. Any thread; reads a file of {@code /proc}. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    /**
     * Whether Netty's direct buffers come from the JDK and are in its account: so with Unsafe and with the JDK's buffer
     * constructor closed to it. Otherwise it allocates by itself and keeps an account of its own.
     */
    private static final boolean NETTY_IN_JDK_ACCOUNT =
            PlatformDependent.hasUnsafe() && !PlatformDependent.useDirectBufferNoCleaner();

    private ProcessMemory() {}

    /** The figures of now. */
    public static Snapshot.Memory read() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Snapshot.Memory(
                heap.getUsed(), heap.getCommitted(), heap.getMax(), nettyDirect(), jdkDirect(), resident(), limit());
    }

    private static Snapshot.DirectMemory nettyDirect() {
        return NETTY_IN_JDK_ACCOUNT
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
        // Not set, it is the limit of the heap.
        return new Snapshot.DirectMemory(used, limit == 0 ? Runtime.getRuntime().maxMemory() : limit);
    }

    /** The resident set in bytes, or -1. */
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

    /** What the JDK found: the control group's limit, of either version, or the machine's memory. */
    static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : -1;
    }
}
