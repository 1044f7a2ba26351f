package io.proxyroute.contract.telemetry;

import java.time.Instant;

/**
 * The live set after a scheduled full collection, with the traffic at that time. The leak detector corrects the live
 * set for the traffic.
 *
 * @param at end of the collection
 * @param liveBytes sum over the heap's pools directly after the collection
 * @param maxBytes the limit of the heap
 * @param inFlight mean exchanges in flight over the last minute
 * @param connections open client connections
 * @param requestsPerSecond mean of the last minute
 * @param gcMillis duration of the collection
 */
public record LiveSetSample(
        Instant at,
        long liveBytes,
        long maxBytes,
        double inFlight,
        double connections,
        double requestsPerSecond,
        double gcMillis) {}
