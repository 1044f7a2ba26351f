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
 * Passes a body from an event loop to a filter's thread. The loop adds what arrives. The reader asks for more only when it
 * has used up what it has, so the pipe buffers at most one read of the socket and a slow reader slows down the sender.
 * Bytes are copied: the reader never sees pooled memory. One thread reads at a time; the loop never waits.
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
     * @param demand asks the loop for one more read; called on the reader's thread
     * @param readToEnd called once on the reader's thread, when the reader has reached the end of the body
     */
    BodyPipe(Runnable demand, Runnable readToEnd) {
        this.demand = demand;
        this.readToEnd = readToEnd;
    }

    /** Adds a copy of the content. The caller keeps ownership of the buffer. */
    void add(ByteBuf content) {
        if (content.isReadable()) {
            pieces.add(new Bytes(ByteBufUtil.getBytes(content)));
        }
    }

    /** Marks the end of the body. */
    void complete() {
        pieces.add(new End(null));
    }

    /** Fails the body. The reader still gets what has arrived, then an exception with the reason. */
    void fail(String reason) {
        pieces.add(new End(reason));
    }

    @Override
    public int read() throws IOException {
        return awaitByte() ? current[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!awaitByte()) {
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

    /** Waits until a byte is available; false at the end of the body. */
    private boolean awaitByte() throws IOException {
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
                throw new InterruptedIOException("interrupted while waiting for the body");
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

    /** Removes and returns what has arrived and was not read, in order. Must be called only when no thread reads. */
    List<byte[]> drainUnread() {
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
