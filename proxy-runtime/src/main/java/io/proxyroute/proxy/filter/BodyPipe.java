package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;

/**
 * Hands a body from an event loop to a filter's thread. The loop puts in what arrived; the reader asks for more only when
 * it has used up what it has, so that at most one read of the socket lies in here and the sender is slowed down by the
 * reader. Bytes are copied: the reader never sees pooled memory. One reader at a time; the loop never waits.
 */
final class BodyPipe extends InputStream {

    private sealed interface Piece {}

    private record Bytes(byte[] content) implements Piece {}

    private record End(String failure) implements Piece {}

    private final BlockingQueue<Piece> pieces = new LinkedTransferQueue<>();
    private final Runnable demand;
    private final Runnable readToEnd;

    private byte[] current = new byte[0];
    private int position;
    private End end;

    /**
     * @param demand asks the loop to read once more; called by the reader, from its thread
     * @param readToEnd called by the reader, from its thread, when it has found the end
     */
    BodyPipe(Runnable demand, Runnable readToEnd) {
        this.demand = demand;
        this.readToEnd = readToEnd;
    }

    /** Puts a copy in; the buffer stays the caller's. */
    void add(ByteBuf content) {
        if (content.isReadable()) {
            pieces.add(new Bytes(ByteBufUtil.getBytes(content)));
        }
    }

    /** Nothing more will come, because that was all. */
    void complete() {
        pieces.add(new End(null));
    }

    /** Nothing more will come, for a reason; what has arrived may still be read. */
    void fail(String reason) {
        pieces.add(new End(reason));
    }

    @Override
    public int read() throws IOException {
        return advance() ? current[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return current.length - position;
    }

    /** Whether a byte is at hand, waiting for it. */
    private boolean advance() throws IOException {
        while (position == current.length) {
            if (end == null) {
                take();
            } else if (end.failure() == null) {
                return false;
            } else {
                throw new IOException(end.failure());
            }
        }
        return true;
    }

    private void take() throws InterruptedIOException {
        Piece piece = pieces.poll();
        if (piece == null) {
            demand.run();
            try {
                piece = pieces.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a body");
            }
        }
        switch (piece) {
            case Bytes bytes -> {
                current = bytes.content();
                position = 0;
            }
            case End last -> {
                end = last;
                if (last.failure() == null) {
                    readToEnd.run();
                }
            }
        }
    }

    /** Takes out what has arrived and was not read, in order. Called when the reader has ended. */
    List<byte[]> unread() {
        List<byte[]> rest = new ArrayList<>();
        if (position < current.length) {
            rest.add(Arrays.copyOfRange(current, position, current.length));
            position = current.length;
        }
        for (Piece piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            if (piece instanceof Bytes bytes) {
                rest.add(bytes.content());
            }
        }
        return rest;
    }
}
