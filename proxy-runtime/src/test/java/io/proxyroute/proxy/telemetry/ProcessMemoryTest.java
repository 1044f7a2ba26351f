package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.telemetry.Snapshot;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    private static final int SIZE = 24 << 20;

    /** Allows for buffers of other tests; far less than {@link #SIZE}. */
    private static final long TOLERANCE = 6 << 20;

    @Test
    void countsDirectMemoryOnceAndUnderItsOwner() {
        Snapshot.Memory before = ProcessMemory.read();
        ByteBuf netty = UnpooledByteBufAllocator.DEFAULT.directBuffer(SIZE);
        try {
            Snapshot.Memory withNetty = ProcessMemory.read();
            boolean nettyCounts = before.nettyDirect().usedBytes() >= 0;
            assertGrowth(before.nettyDirect(), withNetty.nettyDirect(), nettyCounts ? SIZE : 0);
            assertGrowth(before.jdkDirect(), withNetty.jdkDirect(), nettyCounts ? 0 : SIZE);
            ByteBuffer jdk = ByteBuffer.allocateDirect(SIZE);
            Snapshot.Memory withBoth = ProcessMemory.read();
            assertGrowth(withNetty.nettyDirect(), withBoth.nettyDirect(), 0);
            assertGrowth(withNetty.jdkDirect(), withBoth.jdkDirect(), SIZE);
            assertThat(jdk.capacity()).isEqualTo(SIZE);
        } finally {
            netty.release();
        }
    }

    private static void assertGrowth(Snapshot.DirectMemory before, Snapshot.DirectMemory after, long expected) {
        assertThat(after.usedBytes() - before.usedBytes()).isBetween(expected - TOLERANCE, expected + TOLERANCE);
        assertThat(after.maxBytes()).isEqualTo(before.maxBytes());
    }

    @Test
    void memoryFiguresAreConsistent() {
        Snapshot.Memory memory = ProcessMemory.read();
        assertThat(memory.heapUsedBytes()).isPositive().isLessThanOrEqualTo(memory.heapCommittedBytes());
        assertThat(memory.heapMaxBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(memory.residentBytes()).isGreaterThan(16 << 20).isLessThan(memory.limitBytes());
        assertThat(memory.jdkDirect().maxBytes())
                .isGreaterThan(memory.jdkDirect().usedBytes());
        if (PlatformDependent.hasUnsafe() && !PlatformDependent.useDirectBufferNoCleaner()) {
            assertThat(memory.nettyDirect()).isEqualTo(new Snapshot.DirectMemory(-1, -1));
        } else {
            assertThat(memory.nettyDirect().maxBytes()).isPositive();
            assertThat(memory.nettyDirect().usedBytes())
                    .isBetween(0L, memory.nettyDirect().maxBytes());
        }
    }
}
