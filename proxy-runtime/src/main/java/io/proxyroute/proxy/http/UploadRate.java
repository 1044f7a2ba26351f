package io.proxyroute.proxy.http;

import java.util.concurrent.TimeUnit;

/**
 * The rate at which a client sends a request's body, in windows of {@value #WINDOW_SECONDS} s. Runs only while the exchange
 * waits for the client, so that a slow backend is not taken for a slow client. Confined to the exchange's loop.
 */
final class UploadRate {

    private static final int WINDOW_SECONDS = 10;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
    private static final int MIN_BYTES_PER_SECOND = 500;

    private boolean running;
    private long endNanos;
    private long bytesAtStart;

    /**
     * Starts a window unless one is running.
     *
     * @param bytes received so far
     * @return the end of the window
     */
    long run(long nowNanos, long bytes) {
        if (!running) {
            running = true;
            start(nowNanos, bytes);
        }
        return endNanos;
    }

    /** The exchange no longer waits for the client. */
    void stop() {
        running = false;
    }

    /**
     * Whether the window has ended with too few bytes. If it has ended with enough, the next one starts.
     *
     * @param bytes received so far
     */
    boolean isTooSlow(long nowNanos, long bytes) {
        if (!running || nowNanos - endNanos < 0) {
            return false;
        }
        if (bytes - bytesAtStart < WINDOW_SECONDS * MIN_BYTES_PER_SECOND) {
            return true;
        }
        start(nowNanos, bytes);
        return false;
    }

    private void start(long nowNanos, long bytes) {
        endNanos = nowNanos + WINDOW_NANOS;
        bytesAtStart = bytes;
    }
}
