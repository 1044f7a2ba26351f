package io.proxyroute.filter;

import java.io.IOException;

/** A pooled connection for several consecutive requests. Used by one thread at a time. */
public interface BackendLease extends AutoCloseable {

    /**
     * Sends a request on this connection. The previous response must be closed.
     *
     * @throws IOException the connection failed; the lease can only be closed
     */
    BackendResponse send(BackendRequest request) throws IOException, InterruptedException;

    /** Returns the connection to the pool. */
    @Override
    void close();
}
