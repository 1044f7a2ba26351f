package io.proxyroute.proxy.filter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts running calls, forks and closes of all filters. Thread-safe. */
final class TaskCounter {

    private final Duration grace;
    private final int limit;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger orphans = new AtomicInteger();

    /**
     * @param grace how long a task may run on after its interrupt before it counts as an orphan
     * @param limit how many tasks may run at once, orphans included
     */
    TaskCounter(Duration grace, int limit) {
        this.grace = grace;
        this.limit = limit;
    }

    Duration grace() {
        return grace;
    }

    boolean isFull() {
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
