package io.proxyroute.proxy.telemetry;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.loop.EventLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Measures how long a task waits before an event loop runs it. {@link #tick()} is called by the telemetry thread every
 * second; other methods may be called on any thread.
 */
public final class EventLoopMonitor {

    private static final long NONE = Long.MIN_VALUE;

    private final LongSupplier nanoClock;
    private final List<Probe> probes = new ArrayList<>();

    private static final class Probe {

        private final EventLoop loop;
        private volatile long sentNanos = NONE;
        private volatile long lagNanos;

        Probe(EventLoop loop) {
            this.loop = loop;
        }
    }

    /**
     * Monitors every loop.
     *
     * @param nanoClock a monotonic clock
     */
    public EventLoopMonitor(EventLoops loops, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        loops.all().forEach(loop -> probes.add(new Probe(loop)));
    }

    void tick() {
        for (Probe probe : probes) {
            if (probe.sentNanos == NONE && !probe.loop.isShuttingDown()) {
                long sent = nanoClock.getAsLong();
                probe.sentNanos = sent;
                probe.loop.execute(() -> {
                    probe.lagNanos = nanoClock.getAsLong() - sent;
                    probe.sentNanos = NONE;
                });
            }
        }
    }

    /** The number of loops. */
    int count() {
        return probes.size();
    }

    /** The last lag of a loop, or the waiting time of the pending probe if that is longer. */
    Duration lag(int loop) {
        Probe probe = probes.get(loop);
        long sent = probe.sentNanos;
        long waiting = sent == NONE ? 0 : nanoClock.getAsLong() - sent;
        return Duration.ofNanos(Math.max(probe.lagNanos, waiting));
    }

    /** The longest lag of any loop. */
    public Duration longestLag() {
        Duration longest = Duration.ZERO;
        for (int i = 0; i < probes.size(); i++) {
            Duration lag = lag(i);
            longest = lag.compareTo(longest) > 0 ? lag : longest;
        }
        return longest;
    }

    /** A message about a loop that has not run a task within the limit; empty if all loops run. */
    public Optional<String> stuckLoop(Duration limit) {
        for (int i = 0; i < probes.size(); i++) {
            long sent = probes.get(i).sentNanos;
            long waiting = sent == NONE ? 0 : nanoClock.getAsLong() - sent;
            if (waiting > limit.toNanos()) {
                return Optional.of("Event loop %d is stuck: no task has run for %.1f s.".formatted(i, waiting / 1e9));
            }
        }
        return Optional.empty();
    }
}
