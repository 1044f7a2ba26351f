package io.proxyroute.contract.telemetry;

/**
 * Connection usage of one backend, over all its endpoints and all event loops.
 *
 * @param backend the backend's id
 * @param endpoints number of its addresses
 * @param active leased connections
 * @param idle open and unused connections
 * @param pending exchanges waiting for a connection
 * @param maxPerEndpoint the current limit
 * @param peakActivePerEndpoint peak number of concurrent leases of one endpoint in the last minute
 * @param acquiresTotal leases granted since the process started
 * @param acquireTimeoutsTotal acquires that timed out
 * @param suspectedTotal leases reported because they transferred no bytes for the leak detection threshold
 * @param abandonedTotal leases reclaimed
 * @param acquireP99Millis how long an acquire waited, 99th percentile of the last minute
 * @param responseP99Millis how long an exchange then waited for the response headers, successfully or not, 99th
 *     percentile of the last minute; null from a proxy that does not report it
 */
public record PoolUsage(
        String backend,
        int endpoints,
        int active,
        int idle,
        int pending,
        int maxPerEndpoint,
        int peakActivePerEndpoint,
        long acquiresTotal,
        long acquireTimeoutsTotal,
        long suspectedTotal,
        long abandonedTotal,
        double acquireP99Millis,
        Double responseP99Millis) {}
