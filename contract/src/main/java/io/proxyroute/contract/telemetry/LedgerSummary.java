package io.proxyroute.contract.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * Resources held by exchanges, and the filters that leaked some.
 *
 * @param openRecords exchanges with an open ledger record
 * @param heldLeases backend connections owned by open records
 * @param heldBuffers buffers owned by open records
 * @param heldBufferBytes their size
 * @param heldTasks filter calls and forks owned by open records
 * @param leaksTotal resources that a filter still held when the exchange ended
 * @param reclaimedTotal how many of them were reclaimed
 * @param quarantinedBytes memory that is not released yet because a running task may still access it
 * @param offenders sites that leak, at most 20, most frequent first
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
        List<LeakSite> offenders) {

    /** Kinds of leaked resources. */
    public enum ResourceKind {
        RESPONSE_BODY,
        LEASE,
        BUFFER,
        TASK,
        CLOSEABLE
    }

    /**
     * A place in filter code that leaks resources.
     *
     * @param kind kind of resource
     * @param filter the filter's name
     * @param site class, method and line that acquired the resource
     * @param backend the backend concerned; null if there is none
     * @param count number of leaks
     * @param reclaimed how many of them were reclaimed
     * @param firstSeen time of the first leak
     * @param lastSeen time of the latest leak
     * @param lastTraceId trace ID of the latest exchange that leaked
     */
    public record LeakSite(
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
