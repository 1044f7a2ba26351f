package io.proxyroute.testbed.load;

import java.time.Duration;

/**
 * The load on a target.
 *
 * @param rate requests per second
 * @param duration how long to send requests
 * @param connections number of connections to keep open; more are opened when all are busy
 * @param maxConnections upper bound: a request that finds all of them busy waits, and its timeout has already started
 * @param requestsPerConnection close a connection after this many responses, as load-balancing clients do; 0 never
 * @param requestBytes length of each request body; 0 sends GET
 * @param responseBytes length of the response body to request
 * @param host Host header; null for that of the target
 * @param expectedStatus any other status is a loss
 * @param timeout limit from the scheduled time to the last byte
 * @param maxLag a request sent later than this voids the run
 */
public record LoadPlan(
        int rate,
        Duration duration,
        int connections,
        int maxConnections,
        long requestsPerConnection,
        int requestBytes,
        int responseBytes,
        String host,
        int expectedStatus,
        Duration timeout,
        Duration maxLag) {

    private static final int MAX_RATE = 20_000;
    private static final Duration MAX_DURATION = Duration.ofHours(2);

    public LoadPlan {
        if (rate < 1 || rate > MAX_RATE) {
            throw new IllegalArgumentException(
                    "rate is " + rate + ", but must be from 1 to " + MAX_RATE + " requests per second");
        }
        if (!duration.isPositive() || duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("duration is " + duration + ", but must be positive and at most 2h");
        }
        if (connections < 1 || maxConnections < connections) {
            throw new IllegalArgumentException(
                    "connections is " + connections + ", but must be from 1 to " + maxConnections);
        }
    }
}
