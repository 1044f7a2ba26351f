package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Responses that proxies lost through their own fault from the first eviction until the pod was gone. They are counted
 * per process, so a process that ends or starts in between neither hides errors nor adds old ones.
 *
 * @param beforeEviction counts of the processes with errors before the first eviction; null if unknown for any pod
 * @param duringEviction errors from that eviction until the pod was gone; null until then
 */
public record ProxyErrors(List<Count> beforeEviction, Long duringEviction) {

    /** Unknown, and never counted. */
    public static final ProxyErrors UNKNOWN = new ProxyErrors(null, null);

    /** Upper bound of processes with errors that are recorded. */
    private static final int MAX_PROCESSES = 64;

    public ProxyErrors {
        beforeEviction = beforeEviction == null ? null : List.copyOf(beforeEviction);
    }

    /**
     * Errors of one process since it started.
     *
     * @param podUid its pod
     * @param startedAt start of the process
     * @param errors more than 0
     */
    public record Count(String podUid, Instant startedAt, long errors) {}

    /** The current counts. */
    static ProxyErrors beforeEviction(Fleet fleet, Map<String, ProcessStatus> processes) {
        List<Count> counts = processes.entrySet().stream()
                .filter(entry -> entry.getValue().proxyErrors() > 0)
                .map(entry -> new Count(
                        entry.getKey(),
                        entry.getValue().startedAt(),
                        entry.getValue().proxyErrors()))
                .toList();
        return isComplete(fleet, processes) && counts.size() <= MAX_PROCESSES ? new ProxyErrors(counts, null) : UNKNOWN;
    }

    /**
     * With the errors since then; empty while they are not known for all pods.
     *
     * @param evictedUid UID of the evicted pod, whose last report counts too
     */
    Optional<ProxyErrors> counted(String evictedUid, Fleet fleet, Map<String, ProcessStatus> processes) {
        boolean possible = beforeEviction != null
                && duringEviction == null
                && processes.containsKey(evictedUid)
                && isComplete(fleet, processes)
                && beforeEviction.stream().allMatch(count -> processes.containsKey(count.podUid()));
        return possible ? Optional.of(new ProxyErrors(beforeEviction, since(processes))) : Optional.empty();
    }

    private long since(Map<String, ProcessStatus> processes) {
        return processes.entrySet().stream()
                .mapToLong(entry -> {
                    ProcessStatus now = entry.getValue();
                    long known = beforeEviction.stream()
                            .filter(count -> count.podUid().equals(entry.getKey())
                                    && count.startedAt().equals(now.startedAt()))
                            .mapToLong(Count::errors)
                            .sum();
                    return Math.max(0, now.proxyErrors() - known);
                })
                .sum();
    }

    private static boolean isComplete(Fleet fleet, Map<String, ProcessStatus> processes) {
        return fleet.pods().stream().filter(Fleet.Pod::isServing).allMatch(pod -> processes.containsKey(pod.uid()));
    }
}
