package io.proxyroute.operator.remediation.decision;

/** How a run ended. */
public enum Outcome {
    /** The replacement is proved healthy. */
    RECOVERED,
    /** The finding was told, and nothing else was asked for. */
    OBSERVED,
    /** What would have been done is written down. */
    RECOMMENDED,
    /** The replacement shows the same cause, or could not be proved healthy in time. */
    INEFFECTIVE,
    /** Given up; the pod was put back where it was. */
    ABORTED,
    /** The pod went away by itself. */
    GONE,
    /** A person must look. */
    ESCALATED
}
