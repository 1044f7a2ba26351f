package io.proxyroute.operator.remediation.detection;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is known about one pod at one moment.
 *
 * @param podUid UID of the pod
 * @param at when the diagnosis was made
 * @param health the overall result
 * @param cleanSamples consecutive samples after the warm-up without the finding, per subject; subjects without a recent
 *     measurement are absent
 * @param findings findings that explain the health; empty if it is healthy or unknown
 */
public record Diagnosis(
        String podUid, Instant at, Health health, Map<Subject, Integer> cleanSamples, List<Finding> findings) {

    public Diagnosis {
        cleanSamples = Map.copyOf(cleanSamples);
        findings = List.copyOf(findings);
    }

    /** The overall result. */
    public enum Health {
        /** No recent sample of this pod, or none with its live set. Neither healthy nor in breach. */
        UNKNOWN,
        /** Too young to be judged. */
        WARMING_UP,
        /** Recent samples and no finding. */
        HEALTHY,
        /** A first sign, not yet confirmed. */
        SUSPECT,
        /** A leak or a sustained breach. */
        CONFIRMED
    }

    /** The diagnosis of a pod without samples. */
    public static Diagnosis unknown(String podUid, Instant at) {
        return new Diagnosis(podUid, at, Health.UNKNOWN, Map.of(), List.of());
    }

    /** Consecutive samples after the warm-up without this finding. */
    public int cleanSamples(Subject subject) {
        return cleanSamples.getOrDefault(subject, 0);
    }

    /** Whether there is a recent sample. */
    public boolean isSampled() {
        return health != Health.UNKNOWN || !cleanSamples.isEmpty();
    }

    /** Whether a recent measurement covers the subject. */
    public boolean isKnown(Subject subject) {
        return cleanSamples.containsKey(subject);
    }

    /** Findings for a signal, from the leak test and from thresholds. */
    public List<Finding> findingsFor(Signal signal) {
        return findings.stream()
                .filter(finding ->
                        finding.subject() != null && finding.subject().signal() == signal)
                .toList();
    }

    /** Whether a slow backend among the findings explains growth of the signal: then a restart does not help. */
    public boolean isExplained(Signal signal) {
        return findings.stream().anyMatch(f -> f instanceof Finding.SlowBackend slow && slow.explains(signal));
    }
}
