package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.proxyroute.contract.telemetry.Snapshot;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    private static final int SIZE = 24 << 20;

    /** Off by as much as other tests' buffers may come and go meanwhile; far from once or twice the size. */
    private static final long OFF = 6 << 20;

    @Test
    void bothKindsOfDirectMemoryCountOnce() {
        long before = ProcessMemory.directUsed();
        ByteBuf netty = UnpooledByteBufAllocator.DEFAULT.directBuffer(SIZE);
        try {
            assertThat(ProcessMemory.directUsed() - before).isBetween(SIZE - OFF, SIZE + OFF);
            ByteBuffer jdk = ByteBuffer.allocateDirect(SIZE);
            assertThat(ProcessMemory.directUsed() - before).isBetween(2 * SIZE - OFF, 2 * SIZE + OFF);
            assertThat(jdk.capacity()).isEqualTo(SIZE);
        } finally {
            netty.release();
        }
    }

    @Test
    void theFiguresFitTogether() {
        Snapshot.Memory memory = ProcessMemory.read();
        assertThat(memory.heapUsedBytes()).isPositive().isLessThanOrEqualTo(memory.heapCommittedBytes());
        assertThat(memory.heapMaxBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(memory.residentBytes()).isGreaterThan(16 << 20).isLessThan(memory.limitBytes());
        assertThat(memory.directMaxBytes()).isGreaterThan(memory.directUsedBytes());
    }
}
