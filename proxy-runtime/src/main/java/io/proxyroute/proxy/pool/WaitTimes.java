package io.proxyroute.proxy.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A histogram of wait times in the last minute, with buckets that double from 16 microseconds. Written by one loop,
 * read by any thread; a reading may miss concurrent writes.
 */
final class WaitTimes {

    private static final int SLICES = 6;
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BUCKETS = 24;
    private static final int FIRST_SHIFT = 14;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(SLICES * BUCKETS);
    private final long[] epochs = new long[SLICES];
    private volatile long total;

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    void add(long waitedNanos, long nowNanos) {
        long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
        int slice = Math.floorMod(epoch, SLICES);
        if (epochs[slice] != epoch) {
            epochs[slice] = epoch;
            for (int i = 0; i < BUCKETS; i++) {
                counts.setPlain(slice * BUCKETS + i, 0);
            }
        }
        int bucket = Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(waitedNanos >> FIRST_SHIFT));
        int index = slice * BUCKETS + bucket;
        counts.setRelease(index, counts.getPlain(index) + 1);
        total++;
    }

    long total() {
        return total;
    }

    /** Adds the last minute's counts to a sum over loops. */
    void addTo(long[] sum, long nowNanos) {
        long epoch = Math.floorDiv(nowNanos, SLICE_NANOS);
        for (int slice = 0; slice < SLICES; slice++) {
            if (epoch - epochs[slice] < SLICES) {
                for (int i = 0; i < BUCKETS; i++) {
                    sum[i] += counts.getAcquire(slice * BUCKETS + i);
                }
            }
        }
    }

    static long[] newSum() {
        return new long[BUCKETS];
    }

    /** The upper end of the bucket in which the quantile lies, in milliseconds; 0 if it did not wait. */
    static double quantileMillis(long[] sum, double quantile) {
        long count = 0;
        for (long bucket : sum) {
            count += bucket;
        }
        long rank = (long) Math.ceil(count * quantile);
        long seen = 0;
        for (int i = 0; i < sum.length; i++) {
            seen += sum[i];
            if (count > 0 && seen >= rank) {
                return i == 0 ? 0 : (1L << (FIRST_SHIFT + i)) / 1e6;
            }
        }
        return 0;
    }
}
