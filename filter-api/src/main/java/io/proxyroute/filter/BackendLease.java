package io.proxyroute.filter;

import java.io.IOException;

/** A pooled connection held for several requests in a row. Used by one thread at a time. */
public interface BackendLease extends AutoCloseable {

    /**
     * Sends a request on this connection. The response before it must have been closed.
     *
     * @throws IOException the connection failed; the lease is of no further use
     */
    BackendResponse send(BackendRequest request) throws IOException, InterruptedException;

    /** Gives the connection back. */
    @Override
    void close();
}
