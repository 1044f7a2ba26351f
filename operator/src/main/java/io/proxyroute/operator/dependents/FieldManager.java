package io.proxyroute.operator.dependents;

/** The field managers of the operator. */
public final class FieldManager {

    /** Owns all fields that the operator renders. */
    public static final String OPERATOR = "proxyroute-operator";

    /**
     * Owns {@code replicas} of Deployments. It applies without force, so that another manager of the field keeps it.
     */
    public static final String SCALER = "proxyroute-scaler";

    /** Holds {@code replicas} for an external autoscaler until that sets it for the first time. */
    public static final String HANDOVER = "proxyroute-handover";

    private FieldManager() {}
}
