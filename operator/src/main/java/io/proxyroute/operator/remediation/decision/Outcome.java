package io.proxyroute.operator.remediation.decision;

/** How a run ended. */
public enum Outcome {
    /** The replacement is verified to be healthy. */
    RECOVERED,
    /** The finding was reported, as configured. */
    OBSERVED,
    /** The action that the operator would take was recorded. */
    RECOMMENDED,
    /** The replacement shows the same finding, or could not be verified in time. */
    INEFFECTIVE,
    /** Aborted; the pod is attached again. */
    ABORTED,
    /** The pod disappeared without an eviction. */
    GONE,
    /** A user must intervene. */
    ESCALATED
}
