package io.proxyroute.operator.remediation.detection;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Counts, per subject, the consecutive samples of a pod without a finding. Used by one thread at a time. */
final class CleanSampleStreak {

    private final Map<Subject, Integer> counts = new HashMap<>();
    private Instant newest;

    /**
     * Counts a sample once, even if it is passed again.
     *
     * @param takenAt identifies the sample
     * @param clean whether each subject was checked and not found; the streak of an absent subject restarts
     */
    Map<Subject, Integer> update(Instant takenAt, Map<Subject, Boolean> clean) {
        int one = takenAt.equals(newest) ? 0 : 1;
        newest = takenAt;
        counts.keySet().retainAll(clean.keySet());
        clean.forEach((subject, isClean) -> counts.put(subject, isClean ? counts.getOrDefault(subject, 0) + one : 0));
        return Map.copyOf(counts);
    }

    void clear() {
        counts.clear();
    }
}
