package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.proxyroute.filter.FilterBuffer;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pooled memory behind a handle that can be revoked. A copy marks the handle as busy; memory that is released during a copy
 * is freed by the copying thread when the copy is done. So no thread can reach the memory through a handle once the memory
 * has a new owner, and no thread ever waits. Thread-safe, except for what is confined to the loop.
 */
final class PooledFilterBuffer implements FilterBuffer, Releasable {

    private static final int BUSY = 1;
    private static final int CLOSED = 2;
    private static final int FREED = 4;

    private final FilterMemory source;
    private final ByteBuf memory;
    private final int capacity;
    private final Executor loop;
    private final AtomicInteger state = new AtomicInteger();

    /** Confined to the loop. */
    private OwnedResource owned;

    /**
     * Allocates memory and zeroes it, because it may hold bytes of other requests.
     *
     * @param loop the exchange's
     * @throws IllegalStateException filters have used up their share of memory
     */
    PooledFilterBuffer(FilterMemory source, int capacity, Executor loop) {
        this.source = source;
        this.memory = source.allocate(capacity).setZero(0, capacity);
        this.capacity = capacity;
        this.loop = loop;
    }

    /** Sets the ledger entry. Called on the loop, once, before any task that {@link #close} queues there. */
    void setLedgerEntry(OwnedResource entry) {
        owned = entry;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public long bytes() {
        return capacity;
    }

    @Override
    public void write(int index, byte[] source, int offset, int length) {
        check(index, source, offset, length);
        begin();
        try {
            memory.setBytes(index, source, offset, length);
        } finally {
            finish();
        }
    }

    @Override
    public void read(int index, byte[] target, int offset, int length) {
        check(index, target, offset, length);
        begin();
        try {
            memory.getBytes(index, target, offset, length);
        } finally {
            finish();
        }
    }

    private void check(int index, byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(index, length, capacity);
        Objects.checkFromIndexSize(offset, length, array.length);
    }

    private void begin() {
        if (!state.compareAndSet(0, BUSY)) {
            throw new IllegalStateException(
                    (state.get() & CLOSED) == 0
                            ? "another thread is using this buffer; let one thread at a time read or write it"
                            : "this buffer was closed, or revoked when its exchange ended");
        }
    }

    private void finish() {
        if ((state.getAndUpdate(now -> now & ~BUSY) & FREED) != 0) {
            source.free(memory);
        }
    }

    @Override
    public void close() {
        if ((state.getAndUpdate(now -> now | CLOSED) & CLOSED) == 0) {
            loop.execute(() -> owned.release());
        }
    }

    @Override
    public void revoke() {
        state.getAndUpdate(now -> now | CLOSED);
    }

    @Override
    public void release() {
        if ((state.getAndUpdate(now -> now | CLOSED | FREED) & BUSY) == 0) {
            source.free(memory);
        }
    }
}
