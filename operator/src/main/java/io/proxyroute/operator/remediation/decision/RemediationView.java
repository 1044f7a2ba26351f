package io.proxyroute.operator.remediation.decision;

import io.proxyroute.api.v1alpha1.RemediationPhase;

/**
 * State of a route's remediation after a tick.
 *
 * @param phase phase of the open run, or one of the phases without a run
 * @param message one sentence; empty if there is nothing to report
 * @param run the newest run; null before the first
 * @param actionsInWindow pods detached in the last hour
 */
public record RemediationView(RemediationPhase phase, String message, Run run, int actionsInWindow) {

    /** The view of a run that has reached another step. */
    public static RemediationView of(Run run, int actionsInWindow) {
        return new RemediationView(run.state().phase(), run.message(), run, actionsInWindow);
    }

    /** This view while no run is open. */
    public RemediationView idle(RemediationPhase newPhase) {
        return new RemediationView(newPhase, "", run, actionsInWindow);
    }

    /** Whether the newest run is open. */
    public boolean isOpen() {
        return run != null && run.isOpen();
    }
}
