package io.proxyroute.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** What was written to a channel and its socket has not taken. */
public final class PendingBytes {

    private PendingBytes() {}

    /** Bytes of a channel, to be asked for on its loop; 0 once it is closed. */
    public static long of(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        // Netty's total counts a buffer until all of it is gone.
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }
}
