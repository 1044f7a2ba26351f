package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The state of the demo's route at one moment.
 *
 * @param elapsed time since the demo started
 * @param conditions conditions of the route
 * @param pods pods of the route, oldest first
 * @param run the newest remediation run
 * @param remediation remediation phase in the route's status; null before the operator has set it
 * @param traffic traffic of both generators together
 */
record ClusterSnapshot(
        Duration elapsed,
        List<Condition> conditions,
        List<PodState> pods,
        Optional<RunState> run,
        RemediationPhase remediation,
        TrafficStats traffic) {

    /**
     * A pod.
     *
     * @param name name of the pod
     * @param uid UID of the pod
     * @param state {@code starting}, {@code ready}, {@code detached} (a replacement is taking over) or {@code terminating}
     * @param restarts number of restarts of its container
     * @param liveSet samples in MiB, oldest first
     * @param heapMax heap limit in MiB; 0 while unknown
     */
    record PodState(String name, String uid, String state, int restarts, List<Double> liveSet, double heapMax) {

        /** The newest live set in MiB; NaN before the first sample. */
        double latestLiveSet() {
            return liveSet.isEmpty() ? Double.NaN : liveSet.getLast();
        }
    }

    /**
     * A remediation run. Texts are null until the operator has set them.
     *
     * @param name name of the run
     * @param pod name of the affected pod
     * @param podUid its UID
     * @param cause one sentence with figures
     * @param phases phases in order
     * @param outcome null while the run is open
     * @param message current state in one sentence
     * @param evidence summary of the evidence
     * @param replacement name of the replacement pod
     * @param report path in the operator's report service
     */
    record RunState(
            String name,
            String pod,
            String podUid,
            String cause,
            List<PhaseStart> phases,
            String outcome,
            String message,
            String evidence,
            String replacement,
            String report) {}

    /**
     * The start of a phase.
     *
     * @param phase phase that started
     * @param at time since the demo started
     */
    record PhaseStart(RemediationPhase phase, Duration at) {}

    /**
     * Requests of all generators.
     *
     * @param perSecond responses in the last second
     * @param sent since the start
     * @param failed since the start
     * @param p99Millis 99th percentile of the last second, the highest of the generators
     */
    record TrafficStats(long perSecond, long sent, long failed, double p99Millis) {}
}
