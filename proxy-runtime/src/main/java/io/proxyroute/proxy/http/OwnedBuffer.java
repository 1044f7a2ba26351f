package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.proxyroute.proxy.ledger.Releasable;

/** A buffer that a record owns. */
record OwnedBuffer(ByteBuf memory) implements Releasable {

    @Override
    public void release() {
        memory.release();
    }

    @Override
    public long bytes() {
        return memory.capacity();
    }
}
