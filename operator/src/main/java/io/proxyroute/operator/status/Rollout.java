package io.proxyroute.operator.status;

/**
 * State of the rollout of a route's pods.
 *
 * @param state how far it is
 * @param trouble what the cluster reports about pods that do not start, as sentences; empty for nothing
 */
public record Rollout(State state, String trouble) {

    /** How far a rollout is. */
    public enum State {
        /** Every pod has the current revision. */
        DONE,
        /** Pods of an older revision are left, or pods of the current one have not become ready. */
        UNDER_WAY,
        /** As {@link #UNDER_WAY}, for longer than the Deployment allows. */
        OVERDUE
    }
}
