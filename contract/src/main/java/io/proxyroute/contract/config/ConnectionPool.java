package io.proxyroute.contract.config;

import java.time.Duration;

/**
 * Bounds of a pod's connections to backends.
 *
 * @param maxConnections in all, over every backend and event loop
 * @param maxConnectionsPerBackend to one endpoint
 * @param maxPendingAcquires how many exchanges may wait for one endpoint
 * @param acquireTimeout how long an exchange waits for a connection
 * @param connectTimeout how long a TCP handshake may take
 * @param keepAlive how long a connection stays open unused
 * @param maxLifetime after this age a connection is closed when it is next idle; zero for never
 * @param leakDetectionThreshold a lease that has moved no byte for this long is reported; zero for never
 * @param abandonedTimeout a lease that has moved no byte for this long, and that no deadline of its exchange will end, is
 *     taken back; zero for never
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
