package io.proxyroute.proxy.filter;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how long a fresh virtual thread waits for a carrier. Filters that compute without ever blocking can hold every
 * carrier; then no other filter starts, and requests must not queue behind it. Time in which the scheduler's thread did not
 * get to run either is not counted: then the whole process lacks CPU, and no filter is at fault. Ticks on the scheduler's
 * thread; read from any.
 */
public final class CarrierProbe implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final long NONE = Long.MIN_VALUE;

    private final LongSupplier nanoClock;
    private final Executor probes;
    private final ScheduledFuture<?> ticks;

    /** When the probe under way was started; {@link #NONE} between probes. */
    private volatile long startedNanos = NONE;

    /** Ticks since then. Written by the scheduler's thread alone. */
    private volatile int waitedTicks;

    private volatile long lastDelayNanos;

    /** Starts ticking. */
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

    /** The delay of the last probe, or of the one that still waits if that is longer. */
    public Duration delay() {
        long started = startedNanos;
        return Duration.ofNanos(Math.max(lastDelayNanos, started == NONE ? 0 : waitedNanos(started)));
    }

    @Override
    public void close() {
        ticks.cancel(false);
    }
}
