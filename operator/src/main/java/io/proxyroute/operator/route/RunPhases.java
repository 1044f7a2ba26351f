package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import java.util.Set;

/** Reads the phase that a route's status tells of its newest RemediationRun. */
final class RunPhases {

    private static final Set<String> CLOSED = Set.of("Disabled", "Observe", "Suspect", "Escalated", "Done");

    /** A pod is about to be, or is being, taken away, or its replacement is not proved yet. */
    private static final Set<String> REPLACING = Set.of("Capture", "Prepare", "Act", "Verify");

    private RunPhases() {}

    /** Whether a pod is being replaced. */
    static boolean isReplacing(ProxyRouteStatus.Remediation remediation) {
        return remediation.phase() != null && REPLACING.contains(remediation.phase());
    }

    /** Whether a run is under way. */
    static boolean isOpen(ProxyRouteStatus.Remediation remediation) {
        return remediation.phase() != null && !CLOSED.contains(remediation.phase());
    }
}
