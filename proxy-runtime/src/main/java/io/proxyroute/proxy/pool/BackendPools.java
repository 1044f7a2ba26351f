package io.proxyroute.proxy.pool;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.proxy.loop.EventLoops;
import java.util.List;

/** The connections to all backends, under the caps of one process. Thread-safe. */
public final class BackendPools implements AutoCloseable {

    /** No backends yet. */
    public BackendPools(EventLoops loops) {}

    /** Takes new settings and backends; connections to backends that are gone close when they are next idle. */
    public void configure(ConnectionPool settings, List<Backend> backends) {
        throw new UnsupportedOperationException();
    }

    /** Takes new addresses. An endpoint that is gone gets no new exchanges; those that run go on. */
    public void endpoints(EndpointsDocument endpoints) {
        throw new UnsupportedOperationException();
    }

    /** The pool of a backend, or null. */
    public BackendPool backend(String id) {
        throw new UnsupportedOperationException();
    }

    /** One entry for each backend. */
    public List<PoolUsage> usage() {
        throw new UnsupportedOperationException();
    }

    /** Closes every connection and refuses further acquires. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
