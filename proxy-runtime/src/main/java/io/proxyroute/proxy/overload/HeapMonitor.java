package io.proxyroute.proxy.overload;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * The share of the heap in use after collections: the smallest of the last {@value #WINDOW_SECONDS} s, since a single young
 * collection leaves garbage in the old generation. A heap that is really full is collected many times in that time. Phases
 * of concurrent collectors do not count: their usage contains what was allocated meanwhile. Subscribed to the collectors'
 * notifications until closed. Thread-safe.
 */
public final class HeapMonitor implements AutoCloseable {

    private static final int WINDOW_SECONDS = 10;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());
    private final List<NotificationEmitter> emitters = new ArrayList<>();
    private final NotificationListener listener = this::collected;
    private final LongSupplier nanoClock;
    private final long maxBytes;
    private final Deque<Usage> recent = new ArrayDeque<>();

    private record Usage(long atNanos, long bytes) {}

    /**
     * Subscribes.
     *
     * @param maxBytes the maximum heap size
     * @param nanoClock a monotonic clock
     */
    public HeapMonitor(long maxBytes, LongSupplier nanoClock) {
        this.maxBytes = maxBytes;
        this.nanoClock = nanoClock;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            String name = collector.getName();
            if (!name.contains("Concurrent") && !name.contains("Pauses")) {
                NotificationEmitter emitter = (NotificationEmitter) collector;
                emitter.addNotificationListener(listener, null, null);
                emitters.add(emitter);
            }
        }
    }

    private void collected(Notification notification, Object handback) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            Map<String, MemoryUsage> after = GarbageCollectionNotificationInfo.from(
                            (CompositeData) notification.getUserData())
                    .getGcInfo()
                    .getMemoryUsageAfterGc();
            collected(heapPools.stream()
                    .mapToLong(pool -> after.containsKey(pool) ? after.get(pool).getUsed() : 0)
                    .sum());
        }
    }

    /** A collection has left this many bytes in use. */
    synchronized void collected(long bytes) {
        long now = nanoClock.getAsLong();
        // A larger one before it never counts again.
        while (!recent.isEmpty() && recent.peekLast().bytes() >= bytes) {
            recent.removeLast();
        }
        recent.addLast(new Usage(now, bytes));
    }

    /** The share in use, 0 to 1; 0 if there was no collection lately. */
    public synchronized double pressure() {
        long since = nanoClock.getAsLong() - WINDOW_NANOS;
        while (!recent.isEmpty() && recent.peekFirst().atNanos() - since < 0) {
            recent.removeFirst();
        }
        return recent.isEmpty() ? 0 : (double) recent.peekFirst().bytes() / maxBytes;
    }

    @Override
    public void close() {
        for (NotificationEmitter emitter : emitters) {
            try {
                emitter.removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                // closed twice
            }
        }
    }
}
