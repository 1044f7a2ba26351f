package io.proxyroute.proxy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.overload.HeapMonitor;
import io.proxyroute.proxy.overload.Resource;
import io.proxyroute.proxy.overload.ResourceLimits;
import io.proxyroute.proxy.telemetry.EventLoopMonitor;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** How much of each resource this process uses, as a share of its limit. Used by one thread. */
final class ResourceMonitors {

    /** The lag at which the loops count as fully loaded. */
    private static final double FULL_LAG_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** A single long collection or a throttled second is no overload. */
    private static final int LAG_SAMPLES = 3;

    private final ResourceLimits limits;
    private final Frontend frontend;
    private final EventLoopMonitor loops;
    private final HeapMonitor heap;
    private final UnixOperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
    private final double[] lags = new double[LAG_SAMPLES];
    private int lagSamples;

    ResourceMonitors(ResourceLimits limits, Frontend frontend, EventLoopMonitor loops, HeapMonitor heap) {
        this.limits = limits;
        this.frontend = frontend;
        this.loops = loops;
        this.heap = heap;
    }

    Map<Resource, DoubleSupplier> all() {
        return Map.of(
                Resource.HELD_BYTES, () -> (double) frontend.heldBytes() / limits.heldBytes(),
                Resource.CONNECTIONS, () -> (double) frontend.connections() / limits.clientConnections(),
                Resource.DESCRIPTORS, () -> (double) os.getOpenFileDescriptorCount() / limits.descriptors(),
                Resource.HEAP, heap::pressure,
                Resource.DIRECT_MEMORY,
                        () -> (double) PlatformDependent.usedDirectMemory() / PlatformDependent.maxDirectMemory(),
                Resource.LOOP_LAG, this::lag);
    }

    /** The shortest of the last lags. */
    private double lag() {
        lags[lagSamples++ % LAG_SAMPLES] = loops.longestLag().toNanos() / FULL_LAG_NANOS;
        double shortest = lags[0];
        for (double lag : lags) {
            shortest = Math.min(shortest, lag);
        }
        return shortest;
    }
}
