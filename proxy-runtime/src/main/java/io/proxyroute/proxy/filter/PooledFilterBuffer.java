package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.proxyroute.filter.FilterBuffer;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pooled memory behind a handle that can be revoked. Every copy marks the handle as busy while it lasts; memory that is
 * given back during a copy is freed by the copying thread at its end. So the memory can never be seen through a handle
 * once it belongs to somebody else, whichever thread kept the handle, and nobody waits for anybody.
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
    private OwnedResource holding;

    /**
     * Allocates, and zeroes the memory, since it held other requests' bytes before.
     *
     * @param loop of the exchange
     * @throws IllegalStateException there is none to be had
     */
    PooledFilterBuffer(FilterMemory source, int capacity, Executor loop) {
        this.source = source;
        this.memory = source.allocate(capacity).setZero(0, capacity);
        this.capacity = capacity;
        this.loop = loop;
    }

    /** Called on the loop, once, before anything that {@link #close} asks the loop to do. */
    void enteredAs(OwnedResource entry) {
        holding = entry;
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
                            ? "another thread is using this buffer"
                            : "this buffer was closed, or taken back when its exchange ended");
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
            loop.execute(() -> holding.release());
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
