package io.proxyroute.operator.status;

/** Why something is as it is: one word for condition, Event, metric and log alike. */
public enum Reason {
    /** The condition holds. */
    Accepted(ConditionType.Accepted),
    /** A field holds what cannot be served. */
    InvalidSpec(ConditionType.Accepted),
    /** A proxy refused the configuration, for instance for want of a filter class. */
    RejectedByProxy(ConditionType.Accepted),
    /** The memory limit leaves no room for a proxy. */
    InsufficientMemory(ConditionType.Accepted),
    /** An object of the route cannot be made, since somebody else has one of that name. */
    NameConflict(ConditionType.Accepted),
    /** The API server, a quota or a webhook refuses an object of the route. */
    RejectedByApiServer(ConditionType.Accepted),

    /** The condition holds. */
    ResolvedRefs(ConditionType.ResolvedRefs),
    /** A Service, or its port, does not exist. */
    BackendNotFound(ConditionType.ResolvedRefs),
    /** A Service is of a kind that cannot be a backend. */
    UnsupportedBackend(ConditionType.ResolvedRefs),
    /** A Service of another namespace is used without a ReferenceGrant there. */
    RefNotPermitted(ConditionType.ResolvedRefs),

    /** The condition holds. */
    Programmed(ConditionType.Programmed),
    /** Nothing was ever served, since there is no valid configuration. */
    NoConfiguration(ConditionType.Programmed),
    /** No pod is ready. */
    NoReadyPods(ConditionType.Programmed),
    /** Some ready pods have yet to acknowledge the configuration. */
    Pending(ConditionType.Programmed),
    /** Every ready pod serves the last good configuration, since the spec as it stands cannot be served. */
    LastValidServed(ConditionType.Programmed),

    /** The condition holds. */
    Available(ConditionType.Available),
    /** Fewer pods are ready than are wanted. */
    TooFewReadyPods(ConditionType.Available),
    /** The user wants no pods. */
    ScaledToZero(ConditionType.Available),

    /** The condition holds. */
    Healthy(ConditionType.Healthy),
    /** A pod leaks or breaches a threshold. */
    Unhealthy(ConditionType.Healthy),
    /** There are no recent samples to judge by. */
    Unknown(ConditionType.Healthy),
    /** Nobody looks, as the user wishes. */
    NotObserved(ConditionType.Healthy),

    /** Somebody else set the number of pods; it is left to them. */
    ReplicasManagedByOther(null),
    /** The operator changed the number of pods. */
    Scaled(null),
    /** A pod shows a first sign of a leak, or breaches a threshold for a shorter time than its rule says. */
    RemediationSuspect(null),
    /** A finding is believed. */
    RemediationConfirm(null),
    /** Evidence is collected. */
    RemediationCapture(null),
    /** A pod is detached, and its replacement starts. */
    RemediationPrepare(null),
    /** A pod is evicted. */
    RemediationAct(null),
    /** A replacement is watched. */
    RemediationVerify(null),
    /** A run is over, and the route rests. */
    RemediationCooldown(null),
    /** The guard forbids to touch anything for now. */
    RemediationPaused(null),
    /** Nothing more is done without a person. */
    RemediationEscalated(null),
    /** A run is over. */
    RemediationDone(null),
    /** A filter leaves things behind that are taken back at once; no pod is replaced for it. */
    ReclaimableLeak(null),
    /** Pool settings were tuned. */
    Tuned(null),
    /** The API server refused something, or another error stopped the reconciliation; it is tried again. */
    ReconcileFailed(null);

    private final ConditionType condition;

    Reason(ConditionType condition) {
        this.condition = condition;
    }

    /** The condition that bears this reason; null for a reason of Events only. */
    public ConditionType condition() {
        return condition;
    }
}
