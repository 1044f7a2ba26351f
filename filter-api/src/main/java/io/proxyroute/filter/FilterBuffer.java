package io.proxyroute.filter;

/**
 * A handle to pooled memory. Bytes are copied in and out, so that no view of the memory outlives its release. Used by one
 * thread at a time.
 */
public interface FilterBuffer extends AutoCloseable {

    /** In bytes. */
    int capacity();

    /**
     * Copies bytes in.
     *
     * @throws IndexOutOfBoundsException outside the capacity
     * @throws IllegalStateException closed, or reclaimed by the proxy
     */
    void write(int index, byte[] source, int offset, int length);

    /**
     * Copies bytes out.
     *
     * @throws IndexOutOfBoundsException outside the capacity
     * @throws IllegalStateException closed, or reclaimed by the proxy
     */
    void read(int index, byte[] target, int offset, int length);

    /** Releases the memory. */
    @Override
    void close();
}
