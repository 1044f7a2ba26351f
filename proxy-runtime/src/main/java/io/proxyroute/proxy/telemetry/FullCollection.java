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
 * Runs a full garbage collection and measures the heap that is live after it: the sum over the heap pools in the
 * collector's notification with the cause {@code System.gc()}. Ordinary collections and the old generation's collection
 * usage do not show the live set. Used by one thread at a time.
 */
public final class FullCollection implements AutoCloseable {

    private static final String CAUSE = "System.gc()";
    private static final int TIMEOUT_SECONDS = 30;

    private final InstantSource clock;
    private final Set<String> heapPools;
    private final NotificationListener listener = this::onNotification;
    private volatile CompletableFuture<Result> awaited = new CompletableFuture<>();

    /**
     * The heap after a full collection.
     *
     * @param at when the collection ended
     * @param liveBytes bytes in use in the heap
     * @param maxBytes the maximum heap size
     * @param millis how long the collection took
     */
    public record Result(Instant at, long liveBytes, long maxBytes, double millis) {}

    /** Subscribes to the collectors' notifications until closed. */
    public FullCollection(InstantSource clock) {
        this.clock = clock;
        this.heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .collect(Collectors.toUnmodifiableSet());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (reportsFullCollections(collector.getName())) {
                ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
            }
        }
    }

    /**
     * Checks the JVM options that prevent measuring the live set.
     *
     * @return the problem and its remedy; null if there is none
     */
    public static String configurationProblem() {
        HotSpotDiagnosticMXBean hotspot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (Boolean.parseBoolean(hotspot.getVMOption("DisableExplicitGC").getValue())) {
            return "The JVM option -XX:+DisableExplicitGC prevents live-set measurements; remove it.";
        }
        if (Boolean.parseBoolean(
                hotspot.getVMOption("ExplicitGCInvokesConcurrent").getValue())) {
            return "The JVM option -XX:+ExplicitGCInvokesConcurrent makes live-set measurements include garbage; remove it.";
        }
        return null;
    }

    /** ZGC has separate beans for pauses and for young collections; neither reports the whole collection. */
    private static boolean reportsFullCollections(String collector) {
        return !collector.endsWith("Pauses") && !collector.contains("Minor");
    }

    private void onNotification(Notification notification, Object handback) {
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
     * Collects and waits for the notification. Pauses the process, except with a concurrent collector.
     *
     * @throws TimeoutException no collector sent a notification in time
     */
    public Result collect() throws InterruptedException, TimeoutException {
        CompletableFuture<Result> result = new CompletableFuture<>();
        awaited = result;
        System.gc();
        try {
            return result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the result is never completed exceptionally", e);
        } catch (TimeoutException e) {
            throw new TimeoutException("no notification of the full collection within " + TIMEOUT_SECONDS + " s");
        }
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (reportsFullCollections(collector.getName())) {
                try {
                    ((NotificationEmitter) collector).removeNotificationListener(listener);
                } catch (ListenerNotFoundException e) {
                    throw new IllegalStateException("closed twice", e);
                }
            }
        }
    }
}
