package io.proxyroute.contract.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * What the exchanges hold, and who left something behind.
 *
 * @param openRecords exchanges with an open record
 * @param heldLeases backend connections owned by open records
 * @param heldBuffers buffers owned by open records
 * @param heldBufferBytes their size
 * @param heldTasks filter calls and forks owned by open records
 * @param leaksTotal things still held by a filter when their exchange ended
 * @param reclaimedTotal how many of them were taken back
 * @param quarantinedBytes memory that a running task may still see and that is therefore not given back yet
 * @param offenders at most 20, the most frequent first
 */
public record LedgerSummary(
        int openRecords,
        int heldLeases,
        int heldBuffers,
        long heldBufferBytes,
        int heldTasks,
        long leaksTotal,
        long reclaimedTotal,
        long quarantinedBytes,
        List<Offender> offenders) {

    /** What kind of thing was left behind. */
    public enum ResourceKind {
        RESPONSE_BODY,
        LEASE,
        BUFFER,
        TASK,
        CLOSEABLE
    }

    /**
     * One place that leaves things behind.
     *
     * @param kind of thing
     * @param filter the filter's name
     * @param site class, method and line that obtained it
     * @param backend the backend concerned; null where there is none
     * @param count how often
     * @param reclaimed how many of them were taken back
     * @param firstSeen the first time
     * @param lastSeen the last time
     * @param lastTraceId trace id of the last exchange concerned
     */
    public record Offender(
            ResourceKind kind,
            String filter,
            String site,
            String backend,
            long count,
            long reclaimed,
            Instant firstSeen,
            Instant lastSeen,
            String lastTraceId) {}
}
