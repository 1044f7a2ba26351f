package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.dependents.Applier;
import io.proxyroute.operator.dependents.ObjectCache;
import io.proxyroute.operator.scaling.ScalingDecision;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Determines and applies the number of pods of a route, as its autoscaling mode says. */
final class DesiredReplicas {

    /**
     * A number of pods.
     *
     * @param pods desired
     * @param managedByOther whether another field manager has set a number that differs from the route's
     * @param message text of an Event when the number is applied, or empty
     */
    record Decision(int pods, boolean managedByOther, String message) {

        static Decision of(int pods) {
            return new Decision(pods, false, "");
        }
    }

    private final ObjectCache owned;
    private final Applier applier;
    private final EventRecorder events;

    DesiredReplicas(ObjectCache owned, Applier applier, EventRecorder events) {
        this.owned = owned;
        this.applier = applier;
        this.events = events;
    }

    /**
     * Decides how many pods the route should have.
     *
     * @param replacing whether a pod is being replaced
     */
    Decision decide(ProxyRoute route, RouteScaling scaling, RecentSnapshots snapshots, boolean replacing, Instant now) {
        Optional<Integer> actual =
                deployment(route).map(deployment -> deployment.getSpec().getReplicas());
        Decision ours = replicas(route, actual, scaling, snapshots, replacing, now);
        return actual.filter(number -> number != ours.pods() && applier.isScaledByOther(route))
                .map(number -> new Decision(number, true, ""))
                .orElse(ours);
    }

    private static Decision replicas(
            ProxyRoute route,
            Optional<Integer> actual,
            RouteScaling scaling,
            RecentSnapshots snapshots,
            boolean replacing,
            Instant now) {
        AutoscalingSpec autoscaling = route.getSpec().autoscaling();
        return switch (autoscaling.mode()) {
            case Disabled -> {
                scaling.stop();
                yield Decision.of(
                        Objects.requireNonNullElse(route.getSpec().proxy().replicas(), 1));
            }
            case External -> {
                scaling.stop();
                yield Decision.of(actual.orElseGet(() -> lastSeen(route)));
            }
            case Operator ->
                actual.isEmpty()
                        ? Decision.of(autoscaling.min())
                        : scaled(route, scaling, actual.get(), snapshots, replacing, now);
        };
    }

    /** A deleted Deployment is recreated with the last number of pods. */
    private static int lastSeen(ProxyRoute route) {
        Integer pods = route.getStatus() == null ? null : route.getStatus().replicas();
        return pods == null ? 1 : Math.max(1, pods);
    }

    private static Decision scaled(
            ProxyRoute route,
            RouteScaling scaling,
            int actual,
            RecentSnapshots snapshots,
            boolean replacing,
            Instant now) {
        ScalingDecision decision = scaling.replicas(route.getSpec().autoscaling(), actual, snapshots, replacing, now);
        return decision.replicas() == actual
                ? Decision.of(actual)
                : new Decision(
                        decision.replicas(),
                        false,
                        "Scaled from %d to %d pods. %s".formatted(actual, decision.replicas(), decision.reason()));
    }

    /** Applies the number unless another field manager owns it, and records Events about both. */
    void apply(ProxyRoute route, RouteScaling scaling, Decision number) {
        if (route.getSpec().autoscaling().mode() == AutoscalingSpec.Mode.External) {
            applier.releaseReplicas(route);
            scaling.becameManagedByOther(false);
            return;
        }
        Applier.ScaleResult result =
                number.managedByOther() ? Applier.ScaleResult.MANAGED_BY_OTHER : applier.scale(route, number.pods());
        if (result == Applier.ScaleResult.SCALED && !number.message().isEmpty()) {
            events.record(route, EventRecorder.Type.Normal, Reason.Scaled.name(), number.message());
        }
        if (scaling.becameManagedByOther(result == Applier.ScaleResult.MANAGED_BY_OTHER)) {
            events.record(
                    route,
                    EventRecorder.Type.Warning,
                    Reason.ReplicasManagedByOther.name(),
                    "The operator does not change the number of pods, since another field manager has set it on the Deployment. Set spec.autoscaling.mode to External to keep it that way, or set it to External and back to take the number over.");
        }
    }

    /** Minimum number of ready pods during a disruption. */
    static int minAvailable(ProxyRoute route, int replicas) {
        Integer configured = route.getSpec().proxy().disruptionBudget().minAvailable();
        return configured != null ? configured : Math.max(0, replicas - 1);
    }

    private Optional<Deployment> deployment(ProxyRoute route) {
        return owned.get(Deployment.class, route, RouteNames.workload(route));
    }
}
