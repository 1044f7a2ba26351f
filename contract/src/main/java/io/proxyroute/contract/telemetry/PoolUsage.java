package io.proxyroute.contract.telemetry;

/**
 * The connections of one backend, over all its endpoints and all event loops.
 *
 * @param backend the backend's id
 * @param endpoints how many addresses it has
 * @param active leased connections
 * @param idle open and unused connections
 * @param pending exchanges that wait for a connection
 * @param maxPerEndpoint the limit in force
 * @param peakActivePerEndpoint the most leases that one endpoint had at once in the last minute
 * @param acquiresTotal leases given since the start
 * @param acquireTimeoutsTotal acquires that waited in vain
 * @param suspectedTotal leases reported because no byte had moved on them for the leak detection threshold
 * @param abandonedTotal leases taken back
 * @param acquireP99Millis how long an acquire waited, 99th percentile of the last minute
 * @param responseP99Millis how long an exchange then waited for the answer's head, in vain or not, 99th percentile of the
 *     last minute; null from a proxy that does not tell
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
