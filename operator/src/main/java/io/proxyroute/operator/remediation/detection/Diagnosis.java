package io.proxyroute.operator.remediation.detection;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is known about one pod at one moment.
 *
 * @param podUid whose
 * @param at when it was made
 * @param health in one word
 * @param goodSamples how many samples in a row, after its warm-up, were free of what is watched for; what is
 *     not known at the moment, for want of a fresh measurement, is left out
 * @param findings behind it; empty when it is fine or unknown
 */
public record Diagnosis(
        String podUid, Instant at, Health health, Map<Subject, Integer> goodSamples, List<Finding> findings) {

    public Diagnosis {
        goodSamples = Map.copyOf(goodSamples);
        findings = List.copyOf(findings);
    }

    /** In one word. */
    public enum Health {
        /** No fresh sample of this very pod, or none that tells of its live set: neither fine nor in breach. */
        UNKNOWN,
        /** Too young to judge. */
        WARMING_UP,
        /** Fresh samples and nothing found. */
        FINE,
        /** A first sign, not yet believed. */
        SUSPECT,
        /** A leak or a sustained breach. */
        CONFIRMED
    }

    /** A pod of which nothing is known. */
    public static Diagnosis unknown(String podUid, Instant at) {
        return new Diagnosis(podUid, at, Health.UNKNOWN, Map.of(), List.of());
    }

    /** How many samples in a row, after its warm-up, were free of this. */
    public int goodSamples(Subject subject) {
        return goodSamples.getOrDefault(subject, 0);
    }

    /** Whether there is a fresh sample at all. */
    public boolean isSampled() {
        return health != Health.UNKNOWN || !goodSamples.isEmpty();
    }

    /** Whether a fresh measurement tells if this is the case. */
    public boolean knows(Subject subject) {
        return goodSamples.containsKey(subject);
    }

    /** What is found about a signal, by the leak test or by any threshold. */
    public List<Finding> about(Signal signal) {
        return findings.stream()
                .filter(finding ->
                        finding.subject() != null && finding.subject().signal() == signal)
                .toList();
    }

    /** Whether a slow backend among the findings explains that this grows: a restart would not help. */
    public boolean isExplained(Signal signal) {
        return findings.stream().anyMatch(f -> f instanceof Finding.SickBackend sick && sick.explains(signal));
    }
}
