package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** State shared by the HTTP/1.1 connections of one event loop. Confined to that loop. */
final class Http1LoopState {

    /** Longer heads are rare, and are copied to an array of their own. */
    static final int TYPICAL_HEAD_BYTES = 4 << 10;

    final HeadEncoder encoder = new HeadEncoder();
    private final ByteBuf copy = Unpooled.wrappedBuffer(new byte[TYPICAL_HEAD_BYTES]);

    /**
     * Copies bytes of a head to the heap, where parsing them is several times as fast: every access to direct memory is
     * bounds-checked, and every read of more than a byte allocates a view. Does not change the source.
     *
     * @return valid until the next call; must not be released
     */
    ByteBuf copyToHeap(ByteBuf source, int count) {
        ByteBuf target = count <= TYPICAL_HEAD_BYTES
                ? copy.clear()
                : Unpooled.wrappedBuffer(new byte[count]).clear();
        source.getBytes(source.readerIndex(), target, count);
        return target;
    }
}
