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

/** How many pods a route should have, by whoever its autoscaling mode says decides. */
final class DesiredReplicas {

    /**
     * A number of pods.
     *
     * @param pods how many
     * @param heldByOther somebody else has set it, and not to what the route says
     * @param news what to tell when that many are set; empty for nothing
     */
    record Wanted(int pods, boolean heldByOther, String news) {

        static Wanted of(int pods) {
            return new Wanted(pods, false, "");
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
     * How many pods the route should have from now on.
     *
     * @param replacing whether a pod is being replaced
     */
    Wanted replicas(ProxyRoute route, RouteScaling scaling, RecentSnapshots snapshots, boolean replacing, Instant now) {
        Optional<Integer> actual =
                deployment(route).map(deployment -> deployment.getSpec().getReplicas());
        Wanted ours = replicas(route, actual, scaling, snapshots, replacing, now);
        return actual.filter(number -> number != ours.pods() && applier.isScaledByOther(route))
                .map(number -> new Wanted(number, true, ""))
                .orElse(ours);
    }

    private static Wanted replicas(
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
                yield Wanted.of(
                        Objects.requireNonNullElse(route.getSpec().proxy().replicas(), 1));
            }
            case External -> {
                scaling.stop();
                yield Wanted.of(actual.orElseGet(() -> lastSeen(route)));
            }
            case Operator ->
                actual.isEmpty()
                        ? Wanted.of(autoscaling.min())
                        : scaled(route, scaling, actual.get(), snapshots, replacing, now);
        };
    }

    /** A Deployment that somebody deleted comes back with as many pods as there were. */
    private static int lastSeen(ProxyRoute route) {
        Integer pods = route.getStatus() == null ? null : route.getStatus().replicas();
        return pods == null ? 1 : Math.max(1, pods);
    }

    private static Wanted scaled(
            ProxyRoute route,
            RouteScaling scaling,
            int actual,
            RecentSnapshots snapshots,
            boolean replacing,
            Instant now) {
        ScalingDecision decision = scaling.replicas(route.getSpec().autoscaling(), actual, snapshots, replacing, now);
        return decision.replicas() == actual
                ? Wanted.of(actual)
                : new Wanted(
                        decision.replicas(),
                        false,
                        "Scaled from %d to %d pods. %s".formatted(actual, decision.replicas(), decision.reason()));
    }

    /** Sets the number unless it is somebody else's to set; tells of it when it is done, and of them when they begin. */
    void set(ProxyRoute route, RouteScaling scaling, Wanted number) {
        if (route.getSpec().autoscaling().mode() == AutoscalingSpec.Mode.External) {
            applier.releaseReplicas(route);
            scaling.begins(false);
            return;
        }
        Applier.ScaleResult result =
                number.heldByOther() ? Applier.ScaleResult.MANAGED_BY_OTHER : applier.scale(route, number.pods());
        if (result == Applier.ScaleResult.SCALED && !number.news().isEmpty()) {
            events.record(route, EventRecorder.Type.Normal, Reason.Scaled.name(), number.news());
        }
        if (scaling.begins(result == Applier.ScaleResult.MANAGED_BY_OTHER)) {
            events.record(
                    route,
                    EventRecorder.Type.Warning,
                    Reason.ReplicasManagedByOther.name(),
                    "The number of pods is left alone, since another field manager has set it on the Deployment; set spec.autoscaling.mode to External to make that the rule, and back again to take it over.");
        }
    }

    /** How many ready pods a disruption must leave. */
    static int minAvailable(ProxyRoute route, int replicas) {
        Integer wanted = route.getSpec().proxy().disruptionBudget().minAvailable();
        return wanted != null ? wanted : Math.max(0, replicas - 1);
    }

    private Optional<Deployment> deployment(ProxyRoute route) {
        return owned.get(Deployment.class, route, RouteNames.workload(route));
    }
}
