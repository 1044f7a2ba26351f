package io.proxyroute.operator.status;

/** The conditions of a route. */
public enum ConditionType {
    /** The spec is valid. */
    Accepted,
    /** Every Service in the spec exists and may be used. */
    ResolvedRefs,
    /** Every pod has the current revision, and every ready pod serves the current spec; at least one is ready. */
    Programmed,
    /** Enough pods are ready. */
    Available,
    /** No pod leaks or breaches a threshold. */
    Healthy,
    /** Accepted, Programmed and Available are True, or no pod is wanted. Tools wait for it. */
    Ready,
    /** The operator or the cluster still works on the route. Exists only while True, as kstatus defines it. */
    Reconciling,
    /** The route makes no progress until a user changes something. Exists only while True, as kstatus defines it. */
    Stalled
}
