package io.proxyroute.operator.status;

/** The reasons of conditions, Events, metrics and logs. */
public enum Reason {
    /** The spec is valid. */
    Accepted(ConditionType.Accepted),
    /** A field has an invalid value. */
    InvalidSpec(ConditionType.Accepted),
    /** A proxy rejected the configuration, for example because a filter class is missing. */
    RejectedByProxy(ConditionType.Accepted),
    /** The memory limit is too low for a proxy. */
    InsufficientMemory(ConditionType.Accepted),
    /** The installation does not allow a value. */
    NotAllowed(ConditionType.Accepted),
    /** An object of the route cannot be created, because an unrelated object has its name. */
    NameConflict(ConditionType.Accepted),
    /** The API server, a quota or an admission webhook rejects an object of the route. */
    RejectedByApiServer(ConditionType.Accepted),

    /** Every reference is resolved. */
    ResolvedRefs(ConditionType.ResolvedRefs),
    /** A Service or its port does not exist. */
    BackendNotFound(ConditionType.ResolvedRefs),
    /** A Service has a type that cannot be a backend. */
    UnsupportedBackend(ConditionType.ResolvedRefs),
    /** A Service of another namespace is referenced without a ReferenceGrant. */
    RefNotPermitted(ConditionType.ResolvedRefs),

    /** Every ready pod serves the current spec. */
    Programmed(ConditionType.Programmed),
    /** No configuration was ever valid, so no pod was started. */
    NoConfiguration(ConditionType.Programmed),
    /** No pod is ready. */
    NoReadyPods(ConditionType.Programmed),
    /** Pods of an older revision are left, or those of the current one are not ready yet. */
    RollingOut(ConditionType.Programmed),
    /** Pods of the current revision cannot start; the message says why. */
    RolloutStuck(ConditionType.Programmed),
    /** Some ready pods have not acknowledged the configuration yet. */
    Pending(ConditionType.Programmed),
    /** Every ready pod serves the last valid configuration, because the current spec is invalid. */
    LastValidServed(ConditionType.Programmed),

    /** Enough pods are ready. */
    Available(ConditionType.Available),
    /** Too few pods are ready. */
    TooFewReadyPods(ConditionType.Available),
    /** The desired number of pods is 0. */
    ScaledToZero(ConditionType.Available),

    /** No pod leaks or breaches a threshold. */
    Healthy(ConditionType.Healthy),
    /** A pod leaks or breaches a threshold. */
    Unhealthy(ConditionType.Healthy),
    /** There are no recent samples. */
    Unknown(ConditionType.Healthy),
    /** Remediation is disabled, so health is not evaluated. */
    NotObserved(ConditionType.Healthy),

    /** The route is accepted, programmed and available. */
    Ready(ConditionType.Ready),
    /** A proxy ran out of memory or crashed. */
    ProxyDied(null),
    /** Another field manager set the number of pods; the operator does not change it. */
    ReplicasManagedByOther(null),
    /** The operator changed the number of pods. */
    Scaled(null),
    /** A pod shows first signs of a leak, or breaches a threshold for less time than the threshold requires. */
    RemediationSuspect(null),
    /** A finding is confirmed. */
    RemediationConfirm(null),
    /** Evidence is being collected. */
    RemediationCapture(null),
    /** A pod is detached and its replacement starts. */
    RemediationPrepare(null),
    /** A pod is being evicted. */
    RemediationAct(null),
    /** The replacement is being verified. */
    RemediationVerify(null),
    /** A run has ended, and the route's cooldown has started. */
    RemediationCooldown(null),
    /** The guard blocks all actions for now. */
    RemediationPaused(null),
    /** The operator stops and leaves the problem to a human. */
    RemediationEscalated(null),
    /** A run has ended. */
    RemediationDone(null),
    /** An unrelated object has the name of a run. */
    RemediationNameTaken(null),
    /** A filter leaks resources that the proxy reclaims; no pod is replaced for it. */
    ReclaimableLeak(null),
    /** Pool settings were tuned. */
    Tuned(null),
    /** An error stopped the reconciliation, which will be retried. */
    ReconcileFailed(null);

    private final ConditionType condition;

    Reason(ConditionType condition) {
        this.condition = condition;
    }

    /** The condition that uses this reason; null for a reason that only Events use. */
    public ConditionType condition() {
        return condition;
    }
}
