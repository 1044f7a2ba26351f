package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.operator.scaling.PodLoad;
import io.proxyroute.operator.scaling.ReplicaScaler;
import io.proxyroute.operator.scaling.ScalingDecision;
import io.proxyroute.operator.scaling.ScalingHistory;
import io.proxyroute.operator.scaling.ScalingPolicy;
import java.time.Instant;

/**
 * Thinks a route's number of pods over, once an interval, while autoscaling is the operator's. One instance for each
 * route and leadership; used by one reconciliation at a time.
 */
final class RouteScaling {

    private ScalingPolicy policy;
    private ScalingHistory history = ScalingHistory.EMPTY;
    private Instant due = Instant.MIN;
    private boolean held;

    /**
     * The number of pods from now on, and why.
     *
     * @param spec in mode Operator
     * @param current the number wanted so far
     * @param replacing whether a pod is being replaced: fewer pods would take away its replacement, the youngest of all
     */
    ScalingDecision replicas(
            AutoscalingSpec spec, int current, RecentSnapshots snapshots, boolean replacing, Instant now) {
        ScalingPolicy wanted = ScalingPolicy.of(spec);
        if (!wanted.equals(policy)) {
            policy = wanted;
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

    /** Whether somebody else holds the number now, and did not at the look before. */
    boolean begins(boolean heldByOther) {
        boolean news = heldByOther && !held;
        held = heldByOther;
        return news;
    }

    /** Autoscaling is not the operator's: what was seen is forgotten. */
    void stop() {
        policy = null;
    }
}
