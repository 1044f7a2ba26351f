package io.proxyroute.proxy.telemetry;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * A full collection on demand, and what it left: the sum over the heap's pools in the end notification whose cause is
 * {@code System.gc()}. The figures of ordinary collections, and those of the old generation's collection usage, say
 * nothing about the live set. Used by one thread at a time.
 */
public final class FullCollection implements AutoCloseable {

    private static final String CAUSE = "System.gc()";
    private static final int PATIENCE_SECONDS = 30;

    private final InstantSource clock;
    private final Set<String> heapPools;
    private final NotificationListener listener = this::notified;
    private volatile CompletableFuture<Result> awaited = new CompletableFuture<>();

    /**
     * What was left.
     *
     * @param at end of the collection
     * @param liveBytes in the heap
     * @param maxBytes the limit of the heap
     * @param millis what the collection took
     */
    public record Result(Instant at, long liveBytes, long maxBytes, double millis) {}

    /** Listens to the collectors until it is closed. */
    public FullCollection(InstantSource clock) {
        this.clock = clock;
        this.heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .collect(Collectors.toUnmodifiableSet());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (measures(collector.getName())) {
                ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
            }
        }
    }

    /**
     * Tells why the live set cannot be measured in this process.
     *
     * @return a sentence; null when it can be
     */
    public static String obstacle() {
        HotSpotDiagnosticMXBean hotspot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (Boolean.parseBoolean(hotspot.getVMOption("DisableExplicitGC").getValue())) {
            return "The JVM option -XX:+DisableExplicitGC keeps the proxy from measuring its live set; remove it.";
        }
        if (Boolean.parseBoolean(
                hotspot.getVMOption("ExplicitGCInvokesConcurrent").getValue())) {
            return "The JVM option -XX:+ExplicitGCInvokesConcurrent makes a measurement of the live set count garbage;"
                    + " remove it.";
        }
        return null;
    }

    /** ZGC tells pauses and young collections of a full one by beans of their own; neither is the whole. */
    private static boolean measures(String collector) {
        return !collector.endsWith("Pauses") && !collector.contains("Minor");
    }

    private void notified(Notification notification, Object handback) {
        if (!notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            return;
        }
        var info = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        if (!info.getGcCause().equals(CAUSE)) {
            return;
        }
        long live = 0;
        for (Map.Entry<String, MemoryUsage> pool :
                info.getGcInfo().getMemoryUsageAfterGc().entrySet()) {
            live += heapPools.contains(pool.getKey()) ? pool.getValue().getUsed() : 0;
        }
        awaited.complete(new Result(
                clock.instant(),
                live,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax(),
                info.getGcInfo().getDuration()));
    }

    /**
     * Collects and waits for the account; the process stands still meanwhile.
     *
     * @throws TimeoutException the collector gave none
     */
    public Result collect() throws InterruptedException, TimeoutException {
        CompletableFuture<Result> result = new CompletableFuture<>();
        awaited = result;
        System.gc();
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes it so", e);
        } catch (TimeoutException e) {
            throw new TimeoutException("no collector told of the full collection within " + PATIENCE_SECONDS + " s");
        }
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (measures(collector.getName())) {
                try {
                    ((NotificationEmitter) collector).removeNotificationListener(listener);
                } catch (ListenerNotFoundException e) {
                    throw new IllegalStateException("closed twice", e);
                }
            }
        }
    }
}
