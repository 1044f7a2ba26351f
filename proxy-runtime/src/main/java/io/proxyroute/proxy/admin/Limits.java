package io.proxyroute.proxy.admin;

import java.time.Duration;

/**
 * What a control server puts up with.
 *
 * @param maxBodyBytes of a request; a larger one is answered by 413
 * @param maxConnections at a time; beyond, the one that has been silent longest makes room
 * @param firstRequest how long a connection may take to its first whole request
 */
public record Limits(int maxBodyBytes, int maxConnections, Duration firstRequest) {

    private static final int MAX_CONNECTIONS = 256;
    private static final Duration FIRST_REQUEST = Duration.ofSeconds(10);

    /** The usual ones. */
    public static Limits withBodiesUpTo(int bytes) {
        return new Limits(bytes, MAX_CONNECTIONS, FIRST_REQUEST);
    }
}
