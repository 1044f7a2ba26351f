package io.proxyroute.e2e.demo;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the cluster looks like at a moment.
 *
 * @param elapsed since the story began
 * @param conditions of the route
 * @param pods of the route, oldest first
 * @param run the newest remediation run
 * @param remediation where remediation stands while no run is open; null before the operator has said
 * @param traffic of both generators together
 */
record Scene(
        Duration elapsed,
        List<Condition> conditions,
        List<PodView> pods,
        Optional<RunView> run,
        String remediation,
        Traffic traffic) {

    /**
     * A pod.
     *
     * @param name of the pod
     * @param uid of the pod
     * @param state ready, starting, detached (a replacement takes over) or ending
     * @param restarts of its container
     * @param liveSet megabytes, oldest first
     * @param heapMax megabytes; 0 while unknown
     */
    record PodView(String name, String uid, String state, int restarts, List<Double> liveSet, double heapMax) {

        /** The newest live set in megabytes; NaN before there is one. */
        double latest() {
            return liveSet.isEmpty() ? Double.NaN : liveSet.getLast();
        }
    }

    /**
     * A remediation run.
     *
     * @param name of the run
     * @param pod concerned
     * @param podUid of it
     * @param cause a sentence with the figures
     * @param phases in their order
     * @param outcome null while it goes on
     * @param message what happens, in a sentence; null before it is said
     * @param verdict what the evidence says; null before it is said
     * @param replacement name of the pod that takes over; null before it is known
     * @param report path at the operator's report service; null before there is one
     */
    record RunView(
            String name,
            String pod,
            String podUid,
            String cause,
            List<PhaseView> phases,
            String outcome,
            String message,
            String verdict,
            String replacement,
            String report) {

        /** The phase it is in. */
        String phase() {
            return phases.isEmpty() ? "" : phases.getLast().name();
        }
    }

    /**
     * A phase that began.
     *
     * @param name of the phase
     * @param at since the story began
     */
    record PhaseView(String name, Duration at) {}

    /**
     * Requests of all generators.
     *
     * @param perSecond answered in the last second
     * @param sent since the start
     * @param failed since the start
     * @param p99Millis of the last second, the worst of the generators
     */
    record Traffic(long perSecond, long sent, long failed, double p99Millis) {}
}
