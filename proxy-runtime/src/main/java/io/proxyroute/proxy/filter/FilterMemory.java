package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pooled memory that filters hold, quarantine included. It comes out of the same account as the buffers of all
 * traffic, so filters get a share of it and no more. Thread-safe.
 */
final class FilterMemory {

    private final ByteBufAllocator allocator;
    private final long limitBytes;
    private final AtomicLong heldBytes = new AtomicLong();

    FilterMemory(ByteBufAllocator allocator, long limitBytes) {
        this.allocator = allocator;
        this.limitBytes = limitBytes;
    }

    /**
     * Allocates.
     *
     * @return to be given back by {@link #free}, and not by a release
     * @throws IllegalStateException the share is used up; the message is for the filter's author
     */
    ByteBuf allocate(int capacity) {
        long held = heldBytes.addAndGet(capacity);
        boolean allocated = false;
        try {
            if (held > limitBytes) {
                throw new IllegalStateException("no buffer of " + capacity + " bytes now: filters hold "
                        + (held - capacity) + " of the " + limitBytes + " bytes that they may");
            }
            ByteBuf memory = allocator.directBuffer(capacity, capacity);
            allocated = true;
            return memory;
        } finally {
            if (!allocated) {
                heldBytes.addAndGet(-capacity);
            }
        }
    }

    /** Takes back what {@link #allocate} gave. */
    void free(ByteBuf memory) {
        heldBytes.addAndGet(-memory.capacity());
        memory.release();
    }
}
