package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.stream.EndCause;

/** Learns the outcome of an acquire: exactly one call, on the loop it was asked on, and possibly before acquire returns. */
public interface AcquireListener {

    /** The lease is the listener's now; it must enter it in a record or close it. */
    void acquired(Lease lease);

    /** None could be had: NO_ENDPOINT, POOL_EXHAUSTED, ACQUIRE_TIMEOUT, CONNECT_FAILED or SHUTDOWN. */
    void failed(EndCause cause);
}
