package io.proxyroute.proxy.filter;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how long a new virtual thread waits for a carrier thread. Filters that compute without blocking can occupy every
 * carrier; then no other filter starts, and requests must not queue behind them. Time in which the scheduler's thread did
 * not run either does not count: then the whole process lacks CPU, and no filter is the cause. Ticks on the scheduler's
 * thread; any thread may read the delay.
 */
public final class CarrierProbe implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final long NONE = Long.MIN_VALUE;

    private final LongSupplier nanoClock;
    private final Executor probes;
    private final ScheduledFuture<?> ticks;

    /** Start of the current probe; {@link #NONE} between probes. */
    private volatile long startedNanos = NONE;

    /** Ticks since then. Written by the scheduler's thread only. */
    private volatile int waitedTicks;

    private volatile long lastDelayNanos;

    /** Starts the first probe after one interval. */
    public CarrierProbe(ScheduledExecutorService scheduler, LongSupplier nanoClock) {
        this(scheduler, nanoClock, probe -> Thread.ofVirtual()
                .name("carrier-probe")
                .start(probe));
    }

    CarrierProbe(ScheduledExecutorService scheduler, LongSupplier nanoClock, Executor probes) {
        this.nanoClock = nanoClock;
        this.probes = probes;
        this.ticks = scheduler.scheduleWithFixedDelay(
                this::tick, INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        if (startedNanos != NONE) {
            waitedTicks = waitedTicks + 1;
            return;
        }
        waitedTicks = 0;
        startedNanos = nanoClock.getAsLong();
        probes.execute(() -> {
            lastDelayNanos = waitedNanos(startedNanos);
            startedNanos = NONE;
        });
    }

    private long waitedNanos(long started) {
        return Math.min(nanoClock.getAsLong() - started, (waitedTicks + 1) * INTERVAL.toNanos());
    }

    /** The delay of the last completed probe, or of the current one if that is already longer. */
    public Duration delay() {
        long started = startedNanos;
        return Duration.ofNanos(Math.max(lastDelayNanos, started == NONE ? 0 : waitedNanos(started)));
    }

    @Override
    public void close() {
        ticks.cancel(false);
    }
}
