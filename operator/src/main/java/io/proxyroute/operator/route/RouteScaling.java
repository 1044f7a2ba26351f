package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.operator.scaling.PodLoad;
import io.proxyroute.operator.scaling.ReplicaScaler;
import io.proxyroute.operator.scaling.ScalingDecision;
import io.proxyroute.operator.scaling.ScalingHistory;
import io.proxyroute.operator.scaling.ScalingPolicy;
import java.time.Instant;

/**
 * Decides the number of pods of a route once per interval, in mode Operator. One instance per route and leader term; used by
 * one reconciliation at a time.
 */
final class RouteScaling {

    private ScalingPolicy policy;
    private ScalingHistory history = ScalingHistory.EMPTY;
    private Instant due = Instant.MIN;
    private boolean managedByOther;

    /**
     * The desired number of pods and the reason.
     *
     * @param spec settings in mode Operator
     * @param current desired number so far
     * @param replacing whether a pod is being replaced; scaling in would delete its replacement, the youngest pod
     */
    ScalingDecision replicas(
            AutoscalingSpec spec, int current, RecentSnapshots snapshots, boolean replacing, Instant now) {
        ScalingPolicy newPolicy = ScalingPolicy.of(spec);
        if (!newPolicy.equals(policy)) {
            policy = newPolicy;
            history = ScalingHistory.EMPTY;
            due = Instant.MIN;
        }
        if (now.isBefore(due)) {
            return new ScalingDecision(current, "", history);
        }
        due = now.plus(spec.interval().toJava());
        ScalingDecision decision = ReplicaScaler.decide(
                policy,
                history,
                snapshots.serving().stream()
                        .map(pod -> snapshots
                                .of(pod)
                                .map(snapshot -> PodLoad.known(
                                        pod.name(), snapshot.traffic().connections()))
                                .orElseGet(() -> PodLoad.unknown(pod.name())))
                        .toList(),
                current,
                now);
        history = decision.history();
        boolean tooEarly = replacing && decision.replicas() < current && current <= spec.max();
        return tooEarly ? new ScalingDecision(current, "", history) : decision;
    }

    /** Whether another field manager owns the number now, and did not at the last call. */
    boolean becameManagedByOther(boolean nowManagedByOther) {
        boolean became = nowManagedByOther && !managedByOther;
        managedByOther = nowManagedByOther;
        return became;
    }

    /** Clears the history in other modes. */
    void stop() {
        policy = null;
    }
}
