package io.proxyroute.filter;

/**
 * Pooled memory behind a handle. Bytes are copied in and out, so that nobody keeps a view of memory that was given back.
 * Used by one thread at a time.
 */
public interface FilterBuffer extends AutoCloseable {

    /** In bytes. */
    int capacity();

    /**
     * Copies bytes in.
     *
     * @throws IndexOutOfBoundsException outside the capacity
     * @throws IllegalStateException closed, or taken back
     */
    void write(int index, byte[] source, int offset, int length);

    /**
     * Copies bytes out.
     *
     * @throws IndexOutOfBoundsException outside the capacity
     * @throws IllegalStateException closed, or taken back
     */
    void read(int index, byte[] target, int offset, int length);

    /** Gives the memory back. */
    @Override
    void close();
}
