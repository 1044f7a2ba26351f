package io.proxyroute.contract.telemetry;

import java.time.Instant;

/**
 * What a scheduled full collection left, with the traffic of that moment, which the level is corrected for.
 *
 * @param at end of the collection
 * @param liveBytes sum over the heap's pools right after it
 * @param maxBytes the limit of the heap
 * @param inFlight mean exchanges in flight over the last minute, tunnels included
 * @param connections open client connections
 * @param requestsPerSecond mean of the last minute
 * @param gcMillis what the collection took
 */
public record LiveSetSample(
        Instant at,
        long liveBytes,
        long maxBytes,
        double inFlight,
        double connections,
        double requestsPerSecond,
        double gcMillis) {}
