package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Allocates pooled memory for filters up to a limit, quarantine included. All traffic uses the same direct memory, so
 * filters must not take more than their share. Thread-safe.
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
     * Allocates a buffer.
     *
     * @param capacity capacity in bytes
     * @return owned by the caller; free it with {@link #free}, not with {@code release}
     * @throws IllegalStateException the limit is reached; the message is for the filter's author
     */
    ByteBuf allocate(int capacity) {
        long held = heldBytes.addAndGet(capacity);
        boolean allocated = false;
        try {
            if (held > limitBytes) {
                throw new IllegalStateException(
                        "no buffer of " + capacity + " bytes available: filters hold " + (held - capacity)
                                + " of at most " + limitBytes + " bytes; close buffers earlier or use smaller ones");
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

    /** Frees a buffer from {@link #allocate}. */
    void free(ByteBuf memory) {
        heldBytes.addAndGet(-memory.capacity());
        memory.release();
    }
}
