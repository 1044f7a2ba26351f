package io.proxyroute.operator.status;

import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import java.util.List;

/**
 * The input from which one reconciliation computes a route's status.
 *
 * @param generation generation of the spec
 * @param problems the errors of the spec; empty if it is valid
 * @param configHash hash of the configuration that proxies should serve; null if there is none
 * @param desiredReplicas desired number of pods
 * @param minReady number of ready pods from which the route is available
 * @param pods the pods that exist and do not terminate
 * @param rollout how far the rollout of the pods is
 * @param health what is known of the pods' health
 * @param facts what the status repeats without judging it
 * @param tuning copied to the status, or null
 * @param remediation copied to the status, or null
 */
public record StatusInput(
        long generation,
        List<Problem> problems,
        String configHash,
        int desiredReplicas,
        int minReady,
        List<PodState> pods,
        Rollout rollout,
        Health health,
        Facts facts,
        ProxyRouteStatus.Tuning tuning,
        ProxyRouteStatus.Remediation remediation) {

    /**
     * What the status repeats without judging it.
     *
     * @param backends what users should know about the backends although each is resolved, as sentences; empty for nothing
     * @param selector label selector of the pods, in string form
     * @param proxyImage image of the proxies; null while there is none
     * @param addresses where clients reach the route
     */
    public record Facts(
            String backends, String selector, String proxyImage, List<ProxyRouteStatus.Address> addresses) {}

    /**
     * The state of one pod.
     *
     * @param name name for messages
     * @param ready whether the pod is ready
     * @param settled whether the pod has been ready long enough to be expected to have the configuration
     * @param current whether the pod acknowledged the current configuration
     * @param unreachableReason clause that names the pod and says why it cannot be reached; empty if it responded or
     *     was not called yet
     */
    public record PodState(String name, boolean ready, boolean settled, boolean current, String unreachableReason) {}

    /** What is known of the pods' health. */
    public sealed interface Health {

        /** Recent samples show no finding. */
        record Healthy(String message) implements Health {}

        /** A pod leaks or breaches a threshold. */
        record Unhealthy(String message) implements Health {}

        /** Samples are missing or too old. */
        record Unknown(String message) implements Health {}

        /** Health is not evaluated. */
        record NotObserved() implements Health {}
    }
}
