package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.stream.EndCause;

/**
 * Receives the outcome of an acquire: exactly one call, on the event loop of the acquire, possibly before
 * {@link BackendPool#acquire} returns.
 */
public interface AcquireListener {

    /** The listener owns the lease, and enters it in a record or closes it. */
    void acquired(Lease lease);

    /**
     * There is no lease: NO_ENDPOINT, POOL_EXHAUSTED, ACQUIRE_TIMEOUT, CONNECT_FAILED, CONNECT_TIMEOUT, DNS_FAILED or
     * SHUTDOWN.
     */
    void failed(EndCause cause);
}
