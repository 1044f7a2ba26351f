package io.proxyroute.operator.remediation.detection;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** How many samples of a pod in a row, after its warm-up, were free of each thing that is watched for. One thread. */
final class CleanSampleStreak {

    private final Map<Subject, Integer> counts = new HashMap<>();
    private Instant newest;

    /**
     * Counts a sample, and once only.
     *
     * @param takenAt tells it from the one before
     * @param free whether each thing was looked for and not found; what is left out begins anew
     */
    Map<Subject, Integer> counted(Instant takenAt, Map<Subject, Boolean> free) {
        int one = takenAt.equals(newest) ? 0 : 1;
        newest = takenAt;
        counts.keySet().retainAll(free.keySet());
        free.forEach((subject, good) -> counts.put(subject, good ? counts.getOrDefault(subject, 0) + one : 0));
        return Map.copyOf(counts);
    }

    void clear() {
        counts.clear();
    }
}
