package io.proxyroute.operator.status;

/** The conditions of a route. */
public enum ConditionType {
    /** The spec is valid. */
    Accepted,
    /** Every Service in the spec exists and may be used. */
    ResolvedRefs,
    /** At least one pod is ready, and every ready pod serves the current spec. */
    Programmed,
    /** Enough pods are ready. */
    Available,
    /** No pod leaks or breaches a threshold. */
    Healthy
}
