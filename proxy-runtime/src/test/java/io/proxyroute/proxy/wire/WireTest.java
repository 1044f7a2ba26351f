package io.proxyroute.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.proxyroute.proxy.harness.NoLeaks;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class WireTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Wire wire = new Wire(channel);

    @AfterEach
    void close() {
        wire.channelClosed();
        channel.finishAndReleaseAll();
    }

    private static ByteBuf piece(int bytes, int value) {
        ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        for (int i = 0; i < bytes; i++) {
            piece.writeByte(value);
        }
        return piece;
    }

    /** The sizes of the writes that reached the socket. */
    private List<Integer> sent() {
        List<Integer> sizes = new ArrayList<>();
        for (ByteBuf write = channel.readOutbound(); write != null; write = channel.readOutbound()) {
            sizes.add(write.readableBytes());
            write.release();
        }
        return sizes;
    }

    @Nested
    class Batching {

        @Test
        void sendsHeadAndShortBodyInOneWrite() {
            wire.appender().writeByte('h');
            ByteBuf body = piece(256, 'b');
            wire.write(body);
            wire.flush();

            assertThat(body.refCnt()).isZero();
            ByteBuf write = channel.readOutbound();
            assertThat(write.readableBytes()).isEqualTo(257);
            assertThat(write.getByte(0)).isEqualTo((byte) 'h');
            assertThat(write.getByte(1)).isEqualTo((byte) 'b');
            assertThat(write.getByte(256)).isEqualTo((byte) 'b');
            write.release();
            assertThat(sent()).isEmpty();
        }

        @Test
        void copiesPieceOfAnySize() {
            for (int size = 0; size <= 17; size++) {
                wire.appender().writeByte('h');
                ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer();
                for (int i = 0; i < size; i++) {
                    piece.writeByte(i);
                }
                wire.write(piece);
                wire.flush();

                ByteBuf write = channel.readOutbound();
                assertThat(write.readableBytes()).isEqualTo(1 + size);
                for (int i = 0; i < size; i++) {
                    assertThat(write.getByte(1 + i)).isEqualTo((byte) i);
                }
                write.release();
            }
        }

        @Test
        void writesLargePieceDirectlyAfterBatch() {
            wire.appender().writeByte('h');
            wire.write(piece(257, 'b'));
            wire.appender().writeByte('t');
            wire.flush();

            assertThat(sent()).containsExactly(1, 257, 1);
        }

        @Test
        void writesPieceDirectlyIfBatchIsEmpty() {
            ByteBuf piece = piece(3, 'b');
            wire.write(piece);
            wire.flush();

            ByteBuf write = channel.readOutbound();
            assertThat(write).isSameAs(piece);
            write.release();
        }

        @Test
        void sendsNothingBeforeFlush() {
            wire.appender().writeByte('h');
            wire.write(piece(300, 'b'));

            assertThat(sent()).isEmpty();
            wire.flush();
            assertThat(sent()).containsExactly(1, 300);
        }
    }

    @Nested
    class PendingBytes {

        @Test
        void countBatchAndWritesUntilFlush() {
            assertThat(wire.pendingBytes()).isZero();
            wire.appender().writeZero(10);
            assertThat(wire.pendingBytes()).isEqualTo(10);
            wire.write(piece(1000, 'b'));
            assertThat(wire.pendingBytes()).isGreaterThanOrEqualTo(1010);

            wire.flush();
            assertThat(wire.pendingBytes()).isZero();
            assertThat(sent()).containsExactly(10, 1000);
        }

        @Test
        void areZeroOnceClosed() {
            wire.write(piece(1000, 'b'));
            wire.close();

            assertThat(wire.isOpen()).isFalse();
            assertThat(wire.pendingBytes()).isZero();
            assertThatThrownBy(channel::checkException).isInstanceOf(ClosedChannelException.class);
        }

        @Test
        void makeChannelUnwritableAboveHighWatermark() {
            assertThat(wire.isWritable()).isTrue();
            wire.write(piece(1 << 20, 'b'));
            assertThat(wire.isWritable()).isFalse();

            wire.flush();
            assertThat(wire.isWritable()).isTrue();
        }
    }

    @Nested
    class Closing {

        @Test
        void releasesUnwrittenBatch() {
            ByteBuf batch = wire.appender();
            batch.writeByte('h');
            wire.close();
            wire.channelClosed();

            assertThat(batch.refCnt()).isZero();
            assertThat(sent()).isEmpty();
        }

        @Test
        void releasesUnflushedWrite() {
            ByteBuf written = piece(1000, 'b');
            wire.write(written);
            wire.close();

            assertThat(written.refCnt()).isZero();
            assertThatThrownBy(channel::checkException).isInstanceOf(ClosedChannelException.class);
        }

        @Test
        void releasesWriteAfterClose() {
            wire.close();
            ByteBuf late = piece(1000, 'b');
            wire.write(late);
            wire.flush();

            assertThat(late.refCnt()).isZero();
        }

        @Test
        void runsActionAfterFlush() {
            AtomicInteger runs = new AtomicInteger();
            wire.appender().writeByte('h');
            wire.flushAndThen(runs::incrementAndGet);

            assertThat(runs).hasValue(1);
            assertThat(sent()).contains(1);
        }

        @Test
        void runsActionIfFlushFails() {
            AtomicInteger runs = new AtomicInteger();
            wire.close();
            wire.flushAndThen(runs::incrementAndGet);
            channel.runPendingTasks();

            assertThat(runs).hasValue(1);
        }

        @Test
        void abortIsIdempotent() {
            wire.abort();
            wire.abort();

            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void setReadingControlsAutoRead() {
        wire.setReading(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        wire.setReading(true);
        assertThat(channel.config().isAutoRead()).isTrue();
    }
}
