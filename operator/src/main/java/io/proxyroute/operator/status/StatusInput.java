package io.proxyroute.operator.status;

import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import java.util.List;

/**
 * All that a route's status is computed from, as one reconciliation sees it.
 *
 * @param generation of the spec
 * @param problems what keeps the spec from being served; empty for none
 * @param servedHash of the configuration that proxies should serve; null when there is none
 * @param wantedReplicas how many pods are wanted
 * @param minReady how many ready pods count as available
 * @param pods the pods that exist and are not ending
 * @param health what is known of the pods' health
 * @param selector of the pods, as text
 * @param tuning passed on; null for none
 * @param remediation passed on; null for none
 */
public record StatusInput(
        long generation,
        List<Problem> problems,
        String servedHash,
        int wantedReplicas,
        int minReady,
        List<PodState> pods,
        Health health,
        String selector,
        ProxyRouteStatus.Tuning tuning,
        ProxyRouteStatus.Remediation remediation) {

    /**
     * A pod as its status counts.
     *
     * @param name for messages
     * @param ready whether it serves
     * @param settled whether it has been ready for long enough that its configuration counts
     * @param current whether it acknowledged the configuration
     * @param silentBecause why it did not answer, in a clause that names it; empty when it did, or was not asked yet
     */
    public record PodState(String name, boolean ready, boolean settled, boolean current, String silentBecause) {}

    /** What is known of the pods' health. */
    public sealed interface Health {

        /** All is well, by samples that are recent. */
        record Healthy(String message) implements Health {}

        /** A pod leaks or breaches a threshold. */
        record Unhealthy(String message) implements Health {}

        /** Samples are missing or old. */
        record Unknown(String message) implements Health {}

        /** Nobody looks. */
        record NotObserved() implements Health {}
    }
}
