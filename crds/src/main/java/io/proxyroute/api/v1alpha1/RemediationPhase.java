package io.proxyroute.api.v1alpha1;

/**
 * Where remediation of a route stands: the first four while no run is open, all others as phases of a run.
 *
 * <p>This is the only list of phases. The operator's state machine, the status of RemediationRuns and routes, Events
 * and printer columns all use it, so none of them can disagree. It belongs to the API, since users read it, and imports
 * nothing: the operator's decision core may use it and stay free of Kubernetes.
 */
public enum RemediationPhase {
    /** {@code remediation.mode} is Disabled: no pod is checked. */
    Disabled,
    /** Pods are checked, and nothing is found. */
    Observe,
    /** A pod shows a first sign of a leak, or breaches a threshold for a shorter time than its rule says. */
    Suspect,
    /** A finding is confirmed, and no run is open: none is due yet, none may begin now, or one has dealt with it. */
    Detected,
    /** The finding is checked against the guard. */
    Confirm,
    /** Evidence is collected. */
    Capture,
    /** A replacement starts while the pod still serves. */
    Prepare,
    /** The pod is evicted. */
    Act,
    /** The pod drains, and its replacement is checked. */
    Verify,
    /** The result is known, and no new run starts for the route. */
    Cooldown,
    /** The guard blocks the run for now. */
    Paused,
    /** The run is over; nothing more is done until the route changes or a person deletes the run. */
    Escalated,
    /** The run is over. */
    Done;

    /** Whether a run is in progress. */
    public boolean isOpen() {
        return switch (this) {
            case Confirm, Capture, Prepare, Act, Verify, Cooldown, Paused -> true;
            case Disabled, Observe, Suspect, Detected, Escalated, Done -> false;
        };
    }

    /** Whether a pod is about to be replaced, is being replaced, or its replacement is not verified yet. */
    public boolean isReplacing() {
        return switch (this) {
            case Capture, Prepare, Act, Verify -> true;
            default -> false;
        };
    }
}
