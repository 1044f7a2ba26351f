package io.proxyroute.operator.status;

/** The conditions of a route. */
public enum ConditionType {
    /** The spec can be served. */
    Accepted,
    /** Every Service that the spec names was found and may be used. */
    ResolvedRefs,
    /** At least one pod is ready, and every ready one serves what the spec says now. */
    Programmed,
    /** As many pods are ready as are wanted, bar those that a disruption may take. */
    Available,
    /** No pod leaks or breaches a threshold. */
    Healthy
}
