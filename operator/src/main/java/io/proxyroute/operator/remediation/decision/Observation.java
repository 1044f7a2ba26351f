package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.detection.Diagnosis;
import java.util.Map;

/**
 * What the pods of a route have told, as of one moment.
 *
 * @param diagnoses what follows from it, by pod UID
 * @param vitals by pod UID; of pods that went away while a run is open, the last that they said
 * @param configHash of what they should serve; null for nothing
 */
public record Observation(Map<String, Diagnosis> diagnoses, Map<String, Vitals> vitals, String configHash) {

    public Observation {
        diagnoses = Map.copyOf(diagnoses);
        vitals = Map.copyOf(vitals);
    }

    /** Whether a pod serves what it should. */
    boolean isCurrent(String podUid) {
        Vitals known = vitals.get(podUid);
        return configHash == null || known != null && configHash.equals(known.configHash());
    }
}
