package io.proxyroute.proxy.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The highest value of the last minute, in slices of ten seconds. Written by one event loop, read by any
 * thread; a reading may miss concurrent writes.
 */
final class PeakMeter {

    private static final int SLICES = 6;
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicIntegerArray highest = new AtomicIntegerArray(SLICES);
    private final long[] epochs = new long[SLICES];

    /** Called on the loop, with each new value. */
    void record(int value, long nowNanos) {
        long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
        int slice = Math.floorMod(epoch, SLICES);
        if (epochs[slice] != epoch) {
            epochs[slice] = epoch;
            highest.setRelease(slice, value);
        } else if (highest.getPlain(slice) < value) {
            highest.setRelease(slice, value);
        }
    }

    /** The peak of the last minute, at least the current value. */
    int lastMinute(long nowNanos, int current) {
        long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
        int max = current;
        for (int i = 0; i < SLICES; i++) {
            int value = highest.getAcquire(i);
            if (epoch - epochs[i] < SLICES) {
                max = Math.max(max, value);
            }
        }
        return max;
    }
}
