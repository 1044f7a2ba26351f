package io.proxyroute.operator.dependents;

/** Under which names the operator applies fields. */
public final class FieldManager {

    /** Owns all that the operator renders. */
    public static final String OPERATOR = "proxyroute-operator";

    /** Owns {@code replicas} of Deployments, alone and unforced: whoever else sets it keeps it. */
    public static final String SCALER = "proxyroute-scaler";

    /** Holds {@code replicas} for an autoscaler outside the operator until that first sets it. */
    public static final String HANDOVER = "proxyroute-handover";

    private FieldManager() {}
}
