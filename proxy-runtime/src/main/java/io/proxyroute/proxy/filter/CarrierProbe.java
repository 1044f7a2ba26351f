package io.proxyroute.proxy.filter;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how long a fresh virtual thread waits for a carrier. Filters that compute without ever blocking can hold every
 * carrier; then no other filter starts, and requests must not queue behind it. Ticks on the scheduler's thread; read from
 * any.
 */
public final class CarrierProbe implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final long NONE = Long.MIN_VALUE;

    private final LongSupplier nanoClock;
    private final ScheduledFuture<?> ticks;

    /** When the probe under way was started; {@link #NONE} between probes. */
    private volatile long startedNanos = NONE;

    private volatile long lastDelayNanos;

    /** Starts ticking. */
    public CarrierProbe(ScheduledExecutorService scheduler, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.ticks = scheduler.scheduleWithFixedDelay(
                this::tick, INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        if (startedNanos == NONE) {
            long started = nanoClock.getAsLong();
            startedNanos = started;
            Thread.ofVirtual().name("carrier-probe").start(() -> {
                lastDelayNanos = nanoClock.getAsLong() - started;
                startedNanos = NONE;
            });
        }
    }

    /** The delay of the last probe, or of the one that still waits if that is longer. */
    public Duration delay() {
        long started = startedNanos;
        long waiting = started == NONE ? 0 : nanoClock.getAsLong() - started;
        return Duration.ofNanos(Math.max(lastDelayNanos, waiting));
    }

    @Override
    public void close() {
        ticks.cancel(false);
    }
}
