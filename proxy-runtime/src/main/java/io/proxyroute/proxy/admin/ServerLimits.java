package io.proxyroute.proxy.admin;

import java.time.Duration;

/**
 * Limits of a control server.
 *
 * @param maxBodyBytes the largest request body; a larger one gets 413
 * @param maxConnections open connections; a further one replaces the one that has been idle longest
 * @param firstRequestTimeout how long a new connection may take to send its first request
 */
public record ServerLimits(int maxBodyBytes, int maxConnections, Duration firstRequestTimeout) {

    private static final int MAX_CONNECTIONS = 256;
    private static final Duration FIRST_REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** The default limits with a body size. */
    public static ServerLimits withBodiesUpTo(int bytes) {
        return new ServerLimits(bytes, MAX_CONNECTIONS, FIRST_REQUEST_TIMEOUT);
    }
}
