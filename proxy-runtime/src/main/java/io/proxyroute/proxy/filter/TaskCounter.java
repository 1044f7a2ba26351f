package io.proxyroute.proxy.filter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls and forks of all filters. Thread-safe. */
final class TaskCounter {

    private final Duration grace;
    private final int limit;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger orphans = new AtomicInteger();

    /**
     * @param grace how long a task may take to answer an interrupt before it counts as an orphan
     * @param limit how many may run at once, orphans included
     */
    TaskCounter(Duration grace, int limit) {
        this.grace = grace;
        this.limit = limit;
    }

    Duration grace() {
        return grace;
    }

    boolean full() {
        return running.get() >= limit;
    }

    void started() {
        running.incrementAndGet();
    }

    void ended() {
        running.decrementAndGet();
    }

    void orphaned() {
        orphans.incrementAndGet();
    }

    void orphanEnded() {
        orphans.decrementAndGet();
    }

    int running() {
        return running.get();
    }

    int orphans() {
        return orphans.get();
    }
}
