package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.operator.remediation.decision.DecisionSettings;
import io.proxyroute.operator.remediation.decision.Observation;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Diagnosis.Health;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A consistent view of a route and its pods, taken at the start of a loop iteration.
 *
 * @param route the route as last reconciled
 * @param settings settings from the route's specification
 * @param observation what the decision is based on
 * @param byPodName diagnoses by pod name
 * @param detached UIDs of the pods that the Deployment does not select
 */
record ObservedRoute(
        ProxyRoute route,
        DecisionSettings settings,
        Observation observation,
        Map<String, Diagnosis> byPodName,
        Set<String> detached) {

    private boolean isEnabled() {
        return route.getSpec().remediation().mode() != RemediationSpec.Mode.Disabled;
    }

    /** Diagnoses by pod name; empty while remediation is disabled. */
    Map<String, Diagnosis> monitored() {
        return isEnabled() ? byPodName : Map.of();
    }

    Duration pollInterval() {
        return route.getSpec().remediation().pollInterval().toJava();
    }

    /** The phase while no run is open. */
    RemediationPhase phase() {
        return isEnabled() ? observation.phase() : RemediationPhase.Disabled;
    }

    /** Names a pod that responds but whose live set is unknown; empty if there is none. */
    Optional<String> missingData() {
        return byPodName.entrySet().stream()
                .filter(entry -> entry.getValue().health() == Health.UNKNOWN
                        && entry.getValue().isSampled())
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .map(pod -> pod + " has no recent live-set measurement, so it is unknown whether it leaks.");
    }
}
