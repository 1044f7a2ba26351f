package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * Limits on a pod's connections to backends.
 *
 * @param maxConnections over all backends and event loops
 * @param maxConnectionsPerBackend maximum number of connections to one endpoint
 * @param maxPendingAcquires maximum number of exchanges that wait for a connection to one backend
 * @param acquireTimeout how long an exchange waits for a connection
 * @param connectTimeout how long a TCP handshake may take
 * @param keepAlive how long an idle connection is kept open
 * @param maxLifetime maximum age of a connection; an older one is closed when it becomes idle. Zero means no limit
 * @param leakDetectionThreshold a lease that transfers no bytes for this long is reported; zero disables the report
 * @param abandonedTimeout a lease that transfers no bytes for this long, and that no deadline of its exchange bounds,
 *     is reclaimed; zero disables reclaiming
 */
public record ConnectionPool(
        int maxConnections,
        int maxConnectionsPerBackend,
        int maxPendingAcquires,
        Duration acquireTimeout,
        Duration connectTimeout,
        Duration keepAlive,
        Duration maxLifetime,
        Duration leakDetectionThreshold,
        Duration abandonedTimeout) {

    /** The API's defaults. */
    public static final ConnectionPool DEFAULT = new ConnectionPool(
            200,
            20,
            1024,
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(300));
}
