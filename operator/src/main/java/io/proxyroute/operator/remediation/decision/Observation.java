package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import java.util.Map;

/**
 * What is known about the pods of a route at one moment.
 *
 * @param diagnoses diagnoses by pod UID
 * @param processes process status by pod UID; while a run is open, also the last status of pods that are gone
 * @param configHash hash of the configuration that the pods should serve; null if there is none
 */
public record Observation(Map<String, Diagnosis> diagnoses, Map<String, ProcessStatus> processes, String configHash) {

    public Observation {
        diagnoses = Map.copyOf(diagnoses);
        processes = Map.copyOf(processes);
    }

    /** The phase of a route without an open run, unless remediation is disabled. */
    public RemediationPhase phase() {
        if (diagnoses.values().stream().anyMatch(diagnosis -> diagnosis.health() == Health.CONFIRMED)) {
            return RemediationPhase.Detected;
        }
        return diagnoses.values().stream().anyMatch(diagnosis -> diagnosis.health() == Health.SUSPECT)
                ? RemediationPhase.Suspect
                : RemediationPhase.Observe;
    }

    /** Whether a pod serves the current configuration. */
    boolean isCurrent(String podUid) {
        ProcessStatus known = processes.get(podUid);
        return configHash == null || known != null && configHash.equals(known.configHash());
    }
}
