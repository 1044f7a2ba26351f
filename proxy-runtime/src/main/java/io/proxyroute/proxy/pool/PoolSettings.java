package io.proxyroute.proxy.pool;

import io.proxyroute.contract.config.ConnectionPool;

/** {@link ConnectionPool} with its times in nanoseconds, so that no exchange converts them. Zero means none. */
record PoolSettings(
        int maxConnections,
        int maxPerEndpoint,
        int maxPending,
        long acquireNanos,
        int connectMillis,
        long keepAliveNanos,
        long maxLifetimeNanos,
        long leakNanos,
        long abandonedNanos) {

    static PoolSettings of(ConnectionPool pool) {
        return new PoolSettings(
                pool.maxConnections(),
                pool.maxConnectionsPerBackend(),
                pool.maxPendingAcquires(),
                pool.acquireTimeout().toNanos(),
                (int) Math.min(Integer.MAX_VALUE, pool.connectTimeout().toMillis()),
                pool.keepAlive().toNanos(),
                pool.maxLifetime().toNanos(),
                pool.leakDetectionThreshold().toNanos(),
                pool.abandonedTimeout().toNanos());
    }

    /** How many links a backend with this many endpoints may have. */
    long linksTo(int endpoints) {
        return Math.min(maxConnections, (long) maxPerEndpoint * endpoints);
    }

    /** The same with at most this many connections. */
    PoolSettings limitedTo(int connections) {
        return new PoolSettings(
                Math.min(connections, maxConnections),
                Math.min(connections, maxPerEndpoint),
                maxPending,
                acquireNanos,
                connectMillis,
                keepAliveNanos,
                maxLifetimeNanos,
                leakNanos,
                abandonedNanos);
    }
}
