package io.proxyroute.testbed.load;

import java.time.Duration;

/**
 * How a target is loaded.
 *
 * @param rate requests a second
 * @param duration how long requests are sent
 * @param connections kept alive all the time; more are made when all are busy
 * @param maxConnections never more than these: a request that finds all busy waits, and its clock runs
 * @param requestsPerConnection closed after so many answers, as clients that share load do; 0 never
 * @param requestBytes body of each request; 0 sends GET
 * @param responseBytes body asked for
 * @param host the Host header; null for the target's own
 * @param expectedStatus any other is a loss
 * @param timeout from the scheduled time to the last byte
 * @param maxLag a request that leaves later than that voids the run
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
            throw new IllegalArgumentException("rate " + rate + ": want 1 to " + MAX_RATE + " requests a second");
        }
        if (!duration.isPositive() || duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("duration " + duration + ": want more than 0 and at most 2h");
        }
        if (connections < 1 || maxConnections < connections) {
            throw new IllegalArgumentException("connections " + connections + ": want 1 to " + maxConnections);
        }
    }
}
