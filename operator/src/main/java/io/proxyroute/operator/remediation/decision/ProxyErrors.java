package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Responses that proxies lost through their own fault from the first eviction until the pod was gone. They are counted
 * per process, so a process that ends or starts in between neither hides errors nor adds old ones.
 *
 * @param before counts of the processes with errors before the eviction; null if unknown for any pod
 * @param meanwhile errors between that eviction and the end of the pod; null until the pod is gone
 */
public record ProxyErrors(List<Count> before, Long meanwhile) {

    /** Unknown, and never counted. */
    public static final ProxyErrors UNKNOWN = new ProxyErrors(null, null);

    /** Upper bound of processes with errors that are recorded. */
    private static final int MAX_PROCESSES = 64;

    public ProxyErrors {
        before = before == null ? null : List.copyOf(before);
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
    static ProxyErrors before(Fleet fleet, Map<String, Vitals> vitals) {
        List<Count> counts = vitals.entrySet().stream()
                .filter(entry -> entry.getValue().proxyErrors() > 0)
                .map(entry -> new Count(
                        entry.getKey(),
                        entry.getValue().startedAt(),
                        entry.getValue().proxyErrors()))
                .toList();
        return isComplete(fleet, vitals) && counts.size() <= MAX_PROCESSES ? new ProxyErrors(counts, null) : UNKNOWN;
    }

    /**
     * With the errors since then; empty while they are not known for all pods.
     *
     * @param victim UID of the evicted pod, whose last report counts too
     */
    Optional<ProxyErrors> counted(String victim, Fleet fleet, Map<String, Vitals> vitals) {
        boolean possible = before != null
                && meanwhile == null
                && vitals.containsKey(victim)
                && isComplete(fleet, vitals)
                && before.stream().allMatch(count -> vitals.containsKey(count.podUid()));
        return possible ? Optional.of(new ProxyErrors(before, since(vitals))) : Optional.empty();
    }

    private long since(Map<String, Vitals> vitals) {
        return vitals.entrySet().stream()
                .mapToLong(entry -> {
                    Vitals now = entry.getValue();
                    long known = before.stream()
                            .filter(count -> count.podUid().equals(entry.getKey())
                                    && count.startedAt().equals(now.startedAt()))
                            .mapToLong(Count::errors)
                            .sum();
                    return Math.max(0, now.proxyErrors() - known);
                })
                .sum();
    }

    private static boolean isComplete(Fleet fleet, Map<String, Vitals> vitals) {
        return fleet.pods().stream().filter(Fleet.Pod::isServing).allMatch(pod -> vitals.containsKey(pod.uid()));
    }
}
