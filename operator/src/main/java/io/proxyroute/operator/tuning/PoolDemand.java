package io.proxyroute.operator.tuning;

import java.time.Duration;
import java.time.Instant;

/**
 * One sample of the demand for connections, over all pods of a route.
 *
 * @param at time of the sample
 * @param complete whether it covers every serving pod
 * @param peak peak number of concurrently used connections to one endpoint, on any pod, in the last minute
 * @param atLimit whether, on some pod, requests were waiting or timed out while an endpoint was at its limit
 * @param acquireTimeouts requests that timed out while waiting for a connection since the previous sample
 * @param acquireP99 wait for a connection, 99th percentile of the worst backend and pod
 * @param leaking whether exchanges leaked resources since the previous sample
 */
public record PoolDemand(
        Instant at,
        boolean complete,
        int peak,
        boolean atLimit,
        long acquireTimeouts,
        Duration acquireP99,
        boolean leaking) {}
