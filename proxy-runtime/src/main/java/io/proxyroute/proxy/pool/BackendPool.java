package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;

/** The connections to one backend, over all its endpoints. Thread-safe. */
public final class BackendPool {

    BackendPool() {}

    /** The backend's id. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks for a connection to one of the backend's endpoints, chosen in turn. Where a connection cannot be opened another
     * endpoint is tried. Must be called on the loop.
     *
     * @param loop where the connection has to live
     * @param deadlineNanos give up then, on the loop's clock; the pool's acquireTimeout holds in any case
     * @return to be cancelled when the exchange ends first
     */
    public Acquire acquire(EventLoop loop, long deadlineNanos, AcquireListener listener) {
        throw new UnsupportedOperationException();
    }
}
