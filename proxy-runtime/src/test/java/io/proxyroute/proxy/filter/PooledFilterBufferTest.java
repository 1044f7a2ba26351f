package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PooledFilterBufferTest {

    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final FilterMemory memory = new FilterMemory(allocator, 1 << 20);

    @Test
    void startsZeroed() {
        ByteBuf earlier = allocator.directBuffer(64, 64);
        for (int i = 0; i < 64; i++) {
            earlier.writeByte(42);
        }
        earlier.release();
        PooledFilterBuffer buffer = new PooledFilterBuffer(memory, 64, Runnable::run);
        byte[] seen = new byte[64];
        buffer.read(0, seen, 0, 64);

        assertThat(seen).containsOnly(0);
        buffer.release();
    }

    @Test
    void rejectsAccessAfterRevoke() {
        PooledFilterBuffer buffer = new PooledFilterBuffer(memory, 8, Runnable::run);
        buffer.write(0, new byte[] {1, 2, 3}, 0, 3);
        buffer.revoke();

        assertThatIllegalStateException().isThrownBy(() -> buffer.read(0, new byte[3], 0, 3));
        assertThatIllegalStateException().isThrownBy(() -> buffer.write(0, new byte[3], 0, 3));
        buffer.release();
    }

    @Test
    void rejectsAccessOutOfBounds() {
        PooledFilterBuffer buffer = new PooledFilterBuffer(memory, 8, Runnable::run);

        assertThatThrownBy(() -> buffer.read(6, new byte[8], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.write(0, new byte[2], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.release();
    }

    @Test
    void rejectsAllocationAboveLimit() {
        PooledFilterBuffer most = new PooledFilterBuffer(memory, (1 << 20) - 8, Runnable::run);
        PooledFilterBuffer rest = new PooledFilterBuffer(memory, 8, Runnable::run);

        assertThatIllegalStateException()
                .isThrownBy(() -> new PooledFilterBuffer(memory, 1, Runnable::run))
                .withMessage("no buffer of 1 bytes available: filters hold 1048576 of at most 1048576 bytes;"
                        + " close buffers earlier or use smaller ones");
        rest.revoke(); // memory in quarantine still counts
        assertThatIllegalStateException().isThrownBy(() -> new PooledFilterBuffer(memory, 1, Runnable::run));
        rest.release();
        PooledFilterBuffer again = new PooledFilterBuffer(memory, 8, Runnable::run);
        again.release();
        most.release();
    }

    /** The memory gets a new owner while a thread keeps reading through the old handle. */
    @Test
    void revokedHandleNeverShowsBytesOfNextOwner() throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        for (int round = 0; round < 2_000 && seen.get() == null; round++) {
            PooledFilterBuffer kept = new PooledFilterBuffer(memory, 256, Runnable::run);
            Thread reader = Thread.ofVirtual().start(() -> readUntilRevoked(kept, seen));
            kept.revoke();
            kept.release();
            ByteBuf next = allocator.directBuffer(256, 256);
            byte[] secret = new byte[256];
            Arrays.fill(secret, (byte) 42);
            next.writeBytes(secret);
            reader.join();
            next.release();
        }
        assertThat(seen.get()).isNull();
    }

    private static void readUntilRevoked(PooledFilterBuffer buffer, AtomicReference<Throwable> seen) {
        byte[] copy = new byte[256];
        try {
            while (true) {
                buffer.read(0, copy, 0, copy.length);
                for (byte b : copy) {
                    if (b != 0) {
                        seen.set(new AssertionError("saw a byte of the next owner: " + b));
                        return;
                    }
                }
            }
        } catch (IllegalStateException e) {
            // Revoked, as expected.
        } catch (Throwable t) {
            seen.set(t);
        }
    }
}
