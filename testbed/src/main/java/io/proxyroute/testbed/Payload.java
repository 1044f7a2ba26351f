package io.proxyroute.testbed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The response body for a request ID. It repeats the sixteen hexadecimal digits of the ID, shifted by one letter each time,
 * so that a response to another request, a truncated one and a corrupted one can all be distinguished.
 */
public final class Payload {

    private static final int DIGITS = 16;
    /** The content repeats after this many bytes. */
    private static final int CYCLE = DIGITS * 26;

    private Payload() {}

    /** The byte at a position of the body for {@code id}. */
    public static byte at(long id, long position) {
        int nibble = (int) (id >>> (60 - 4 * (position % DIGITS))) & 0xf;
        return (byte) ('a' + (nibble + position / DIGITS) % 26);
    }

    /**
     * A part of the body for {@code id}.
     *
     * @return a buffer that the caller owns
     */
    public static ByteBuf part(ByteBufAllocator allocator, long id, long from, int length) {
        byte[] cycle = new byte[Math.min(CYCLE, length)];
        for (int i = 0; i < cycle.length; i++) {
            cycle[i] = at(id, from + i);
        }
        ByteBuf part = allocator.buffer(length);
        while (part.readableBytes() < length) {
            part.writeBytes(cycle, 0, Math.min(cycle.length, length - part.readableBytes()));
        }
        return part;
    }

    /** Whether a buffer contains the body for {@code id}, starting at a position. Does not change the buffer. */
    public static boolean matches(ByteBuf part, long id, long from) {
        for (int i = 0; i < part.readableBytes(); i++) {
            if (part.getByte(part.readerIndex() + i) != at(id, from + i)) {
                return false;
            }
        }
        return true;
    }
}
