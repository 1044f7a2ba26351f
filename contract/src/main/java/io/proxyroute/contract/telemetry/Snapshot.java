package io.proxyroute.contract.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * The state of one proxy process at one moment. Bounded in size: tables are cut to their worst entries.
 *
 * @param pod who speaks; a reader drops a snapshot of another UID than it asked for
 * @param takenAt the proxy's clock
 * @param startedAt when the process started
 * @param config what is being served
 * @param state where the process is in its life
 * @param memory heap, direct memory and the container's
 * @param liveSet the newest scheduled measurement; null before the first
 * @param threads platform and virtual threads
 * @param traffic exchanges and connections
 * @param pools one entry for each backend
 * @param ledger what exchanges hold, and what was found leaking
 */
public record Snapshot(
        PodIdentity pod,
        Instant takenAt,
        Instant startedAt,
        AppliedConfig config,
        ProcessState state,
        Memory memory,
        LiveSetSample liveSet,
        Threads threads,
        Traffic traffic,
        List<PoolUsage> pools,
        LedgerSummary ledger) {

    /**
     * Who speaks.
     *
     * @param routeUid the route that the process was configured for
     * @param podName from the downward API
     * @param podUid from the downward API
     */
    public record PodIdentity(String routeUid, String podName, String podUid) {}

    /**
     * What is being served.
     *
     * @param hash of the document
     * @param sequence of the document
     * @param appliedAt when it was swapped in
     * @param endpointsVersion of the endpoint list; 0 when there is none yet
     */
    public record AppliedConfig(String hash, long sequence, Instant appliedAt, long endpointsVersion) {}

    /** Where a process is in its life. */
    public enum ProcessState {
        /** Not yet ready: configuration, backends or code paths are still being prepared. */
        WARMING,
        /** Serving. */
        READY,
        /** Told to end; still serving what arrives. */
        DRAINING
    }

    /**
     * Memory in bytes; -1 where the platform does not tell.
     *
     * @param heapUsedBytes garbage included
     * @param heapCommittedBytes obtained from the system
     * @param heapMaxBytes the limit of the heap
     * @param nettyDirect direct buffers that Netty accounts for: the proxy's own; unknown where they come from the JDK
     * @param jdkDirect direct buffers that the JDK accounts for: those of filters
     * @param residentBytes the process' resident set
     * @param limitBytes the container's memory limit
     */
    public record Memory(
            long heapUsedBytes,
            long heapCommittedBytes,
            long heapMaxBytes,
            DirectMemory nettyDirect,
            DirectMemory jdkDirect,
            long residentBytes,
            long limitBytes) {}

    /**
     * One account of direct memory in bytes. Each has a limit of its own, at which the next buffer fails, however much
     * the other has left. -1 where the platform does not tell.
     *
     * @param usedBytes reserved for buffers
     * @param maxBytes the most that may be
     */
    public record DirectMemory(long usedBytes, long maxBytes) {}

    /**
     * Threads by kind.
     *
     * @param platform live platform threads
     * @param virtual live virtual threads, those that filters started by themselves included; -1 where they cannot be
     *     counted now
     * @param virtualOldestSeconds age of the oldest of them; -1 as well
     * @param orphans filter calls, forks and configures that outlived their time and did not answer an interrupt
     * @param schedulerDelayMillis how long a fresh virtual thread last waited for a carrier
     */
    public record Threads(
            int platform, int virtual, double virtualOldestSeconds, int orphans, double schedulerDelayMillis) {}

    /**
     * Traffic since the process started, and now.
     *
     * @param inFlight exchanges begun and not ended
     * @param connections open client connections
     * @param requestsTotal exchanges ended
     * @param proxyErrorsTotal answers of 5xx that the proxy itself made, and answers cut short, whoever caused them
     * @param proxyFaultsTotal those of them that the proxy alone is to blame for, because it shut down before they were
     *     whole or failed itself; none that a backend or a filter can cause. Null from a proxy that does not count them
     * @param backendErrorsTotal answers of 5xx passed on from backends
     * @param requestsPerSecond mean of the last minute
     * @param inFlightMean mean of the last minute
     * @param p99Millis time to the last byte, 99th percentile of the last minute
     */
    public record Traffic(
            int inFlight,
            int connections,
            long requestsTotal,
            long proxyErrorsTotal,
            Long proxyFaultsTotal,
            long backendErrorsTotal,
            double requestsPerSecond,
            double inFlightMean,
            double p99Millis) {}
}
