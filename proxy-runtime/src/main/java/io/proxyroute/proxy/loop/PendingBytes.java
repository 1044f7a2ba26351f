package io.proxyroute.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Bytes written to a channel that its socket has not accepted yet. */
public final class PendingBytes {

    private PendingBytes() {}

    /** The pending bytes of a channel; 0 once it is closed. Called on the channel's loop. */
    public static long of(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        // Netty's total counts a buffer until all of it is gone.
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }
}
