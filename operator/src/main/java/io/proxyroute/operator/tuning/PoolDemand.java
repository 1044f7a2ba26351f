package io.proxyroute.operator.tuning;

import java.time.Duration;
import java.time.Instant;

/**
 * What all pods of a route asked of their pools at one look.
 *
 * @param at when
 * @param complete whether every serving pod told
 * @param peak most connections to one endpoint in use at once, on any pod, in the minute before
 * @param atLimit whether some pod had requests waiting, or gone without, while an endpoint was at its limit
 * @param acquireTimeouts requests that waited in vain since the look before
 * @param acquireP99 how long a request waited for a connection, 99th percentile of the worst backend and pod
 * @param leaking whether exchanges left something behind since the look before
 */
public record PoolDemand(
        Instant at,
        boolean complete,
        int peak,
        boolean atLimit,
        long acquireTimeouts,
        Duration acquireP99,
        boolean leaking) {}
