package io.proxyroute.proxy.telemetry;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.loop.EventLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Watches how long event loops wait before they run a task. {@link #tick()} is called by the telemetry thread every
 * second; reading is safe on any.
 */
public final class LoopWatch {

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
     * Watches every loop.
     *
     * @param nanoClock a monotonic clock
     */
    public LoopWatch(EventLoops loops, LongSupplier nanoClock) {
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

    /** How many loops there are. */
    int count() {
        return probes.size();
    }

    /** The last lag of a loop, or what the task under way has waited so far if that is longer. */
    Duration lag(int loop) {
        Probe probe = probes.get(loop);
        long sent = probe.sentNanos;
        long waiting = sent == NONE ? 0 : nanoClock.getAsLong() - sent;
        return Duration.ofNanos(Math.max(probe.lagNanos, waiting));
    }

    /** Names a loop that has not run a task for so long, in a sentence; empty where all run. */
    public Optional<String> stuck(Duration limit) {
        for (int i = 0; i < probes.size(); i++) {
            long sent = probes.get(i).sentNanos;
            long waiting = sent == NONE ? 0 : nanoClock.getAsLong() - sent;
            if (waiting > limit.toNanos()) {
                return Optional.of("Event loop %d has run no task for %.1f s.".formatted(i, waiting / 1e9));
            }
        }
        return Optional.empty();
    }
}
