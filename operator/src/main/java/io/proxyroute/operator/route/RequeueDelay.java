package io.proxyroute.operator.route;

import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.TuningSpec;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** When a route is reconciled again without an event, since its status also depends on time. */
final class RequeueDelay {

    /** How long a pod that has just become ready may take to acknowledge the configuration. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    /** A pod that starts may wait for its Secret, which is not watched. */
    private static final Duration STARTING = Duration.ofSeconds(5);
    /** After a change of the status that the next configuration depends on. */
    static final Duration IMMEDIATELY = Duration.ofMillis(50);

    private static final Set<Reason> RETRIED =
            Set.of(Reason.NameConflict, Reason.RejectedByApiServer, Reason.RejectedByProxy);
    /** No event says that a quota has room again, that a conflicting object is gone, or that a proxy would accept now. */
    private static final Duration REJECTION_CHECK = Duration.ofSeconds(10);

    private static final Duration HEALTH_CHECK = Duration.ofMinutes(1);

    private RequeueDelay() {}

    static Duration after(ProxyRoute route, List<PodState> pods, List<Problem> problems) {
        Duration next = check(pods);
        if (problems.stream().map(Problem::reason).anyMatch(RETRIED::contains)) {
            next = shorter(next, REJECTION_CHECK);
        }
        AutoscalingSpec scaling = route.getSpec().autoscaling();
        if (scaling.mode() == AutoscalingSpec.Mode.Operator) {
            next = shorter(next, scaling.interval().toJava());
        }
        TuningSpec tuning = route.getSpec().tuning();
        return tuning.mode() == TuningSpec.Mode.Disabled
                ? next
                : shorter(next, tuning.interval().toJava());
    }

    private static Duration check(List<PodState> pods) {
        if (pods.stream().anyMatch(pod -> pod.ready() && !(pod.settled() && pod.current()))) {
            return SETTLING;
        }
        if (pods.stream().anyMatch(pod -> !pod.ready())) {
            return STARTING;
        }
        return HEALTH_CHECK;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
