package io.proxyroute.operator.tuning;

import java.time.Duration;

/**
 * The tuned settings.
 *
 * @param maxConnections maximum number of connections to one endpoint of a backend
 * @param acquireTimeout how long a request waits for a connection
 */
public record PoolSettings(int maxConnections, Duration acquireTimeout) {}
