package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers that proxies lost by their own fault from the first eviction until the pod was gone. Counted for each process,
 * so that a process that ends or starts in between neither hides any nor adds old ones.
 *
 * @param before counts of the processes that had got any wrong by then; null when they are not known of all pods
 * @param meanwhile how many came on top; null until the pod is gone
 */
public record ProxyErrors(List<Count> before, Long meanwhile) {

    /** Nothing is known, and nothing will be. */
    public static final ProxyErrors UNKNOWN = new ProxyErrors(null, null);

    /** More processes than this with errors of their own are not written down. */
    private static final int MOST = 64;

    public ProxyErrors {
        before = before == null ? null : List.copyOf(before);
    }

    /**
     * What one process has got wrong since it started.
     *
     * @param podUid its pod
     * @param startedAt when it started
     * @param errors more than 0
     */
    public record Count(String podUid, Instant startedAt, long errors) {}

    /** The counts of this moment. */
    static ProxyErrors before(Fleet fleet, Map<String, Vitals> vitals) {
        List<Count> counts = vitals.entrySet().stream()
                .filter(entry -> entry.getValue().proxyErrors() > 0)
                .map(entry -> new Count(
                        entry.getKey(),
                        entry.getValue().startedAt(),
                        entry.getValue().proxyErrors()))
                .toList();
        return isComplete(fleet, vitals) && counts.size() <= MOST ? new ProxyErrors(counts, null) : UNKNOWN;
    }

    /**
     * With what has come on top since; empty while it cannot be told.
     *
     * @param victim the pod that is gone, whose last word counts too
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
        return fleet.pods().stream().filter(Fleet.Pod::serves).allMatch(pod -> vitals.containsKey(pod.uid()));
    }
}
