package io.proxyroute.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;

/**
 * One connection's socket. Copies small pieces into a batch buffer, which it owns, so that a head and a short body are
 * one write; writes large pieces directly. Confined to the channel's event loop; {@link #channelClosed()} ends it.
 */
public final class Wire {

    /** Pieces up to this size are copied, which is cheaper than another entry in the channel's outbound buffer. */
    private static final int MAX_COPY_BYTES = 256;

    private static final int MIN_CAPACITY = 256;
    private static final int MAX_CAPACITY = 16 << 10;

    private final Channel channel;
    private ByteBuf batch;
    private int expectedBytes = MIN_CAPACITY * 2;
    private boolean reading = true;

    /** The socket of a channel. */
    public Wire(Channel channel) {
        this.channel = channel;
    }

    /** The batch buffer, to append small pieces to. Remains owned by this object. */
    public ByteBuf appender() {
        if (batch == null) {
            batch = channel.alloc().directBuffer(expectedBytes);
        }
        return batch;
    }

    /** Writes a piece. Takes ownership of it. */
    public void write(ByteBuf piece) {
        int bytes = piece.readableBytes();
        if (batch == null) {
            channel.write(piece, channel.voidPromise());
        } else if (bytes <= MAX_COPY_BYTES) {
            copy(piece, bytes);
        } else {
            writeBatch();
            channel.write(piece, channel.voidPromise());
        }
    }

    /** Copies eight bytes at a time; ByteBuf.writeBytes would allocate a view of each buffer. */
    private void copy(ByteBuf piece, int bytes) {
        try {
            for (int left = bytes; left >= Long.BYTES; left -= Long.BYTES) {
                batch.writeLong(piece.readLong());
            }
            while (piece.isReadable()) {
                batch.writeByte(piece.readByte());
            }
        } finally {
            piece.release();
        }
    }

    /** Flushes buffered writes. */
    public void flush() {
        writeBatch();
        channel.flush();
    }

    private void writeBatch() {
        if (batch != null) {
            ByteBuf piece = batch;
            batch = null;
            int bytes = Math.clamp(piece.readableBytes(), MIN_CAPACITY, MAX_CAPACITY);
            expectedBytes = Integer.highestOneBit(bytes - 1) << 1;
            channel.write(piece, channel.voidPromise());
        }
    }

    /** Flushes buffered writes; then runs an action, even if the flush failed. */
    public void flushAndThen(Runnable action) {
        writeBatch();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> action.run());
    }

    /** Flushes buffered writes; then runs an action, unless the connection closes before. */
    public void whenFlushed(Runnable action) {
        writeBatch();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (flushed.isSuccess()) {
                action.run();
            }
        });
    }

    /** Whether more should be written now: the buffers are under their high watermark. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Bytes not yet written to the socket; 0 once it is closed. */
    public long pendingBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long waiting = batch == null ? 0 : batch.readableBytes();
        // Netty's total counts a buffer until it is fully written.
        return buffer == null ? 0 : waiting + buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /** Sets whether the socket is read. Initially enabled. */
    public void setReading(boolean enabled) {
        if (reading != enabled) {
            reading = enabled;
            channel.config().setAutoRead(enabled);
        }
    }

    /** Whether the connection is open. */
    public boolean isOpen() {
        return channel.isActive();
    }

    /** Sends a FIN: nothing more will be written. */
    public void shutdownOutput() {
        ((DuplexChannel) channel).shutdownOutput();
    }

    /** Closes gracefully. */
    public void close() {
        channel.close();
    }

    /** Resets the connection, so that the peer does not mistake a truncated message for a complete one. */
    public void abort() {
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** Releases the unwritten batch. Must be called when the channel has closed; nothing may be appended afterwards. */
    public void channelClosed() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }
}
