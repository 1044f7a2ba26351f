package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.proxyroute.proxy.ledger.Releasable;

/** Memory that a record owns for the proxy itself. */
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
