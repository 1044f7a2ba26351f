package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusAggregator;
import io.proxyroute.operator.status.StatusInput;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tells how a route stands: in its status, in Events and in the metrics. */
final class RouteReport {

    private final ProxyRouteReconciler.Dependencies deps;

    RouteReport(ProxyRouteReconciler.Dependencies deps) {
        this.deps = deps;
    }

    /**
     * Outcome of a reconciliation.
     *
     * @param servedHash of the configuration that the proxies should serve, or null
     * @param replicas desired number of pods
     * @param present pods that have not ended
     * @param snapshots of these pods
     * @param problems that keep the spec from being served
     */
    record Outcome(
            String servedHash,
            int replicas,
            List<ObservedPod> present,
            RecentSnapshots snapshots,
            List<Problem> problems) {}

    /** Decides the tuning, writes the status, and sets the time of the next reconciliation. */
    UpdateControl<ProxyRoute> report(ProxyRoute route, RouteState state, Outcome outcome) {
        Instant now = deps.clock().instant();
        ProxyRouteStatus.Tuning tuning = state.tuning().current(route.getStatus());
        List<PodState> pods = podFacts(route, outcome, now);
        StatusInput facts = new StatusInput(
                route.getMetadata().getGeneration(),
                outcome.problems(),
                outcome.servedHash(),
                outcome.replicas(),
                DesiredReplicas.minAvailable(route, outcome.replicas()),
                pods,
                RouteHealth.of(
                        route,
                        outcome.snapshots(),
                        deps.remediation().activeFindings(uid(route)),
                        deps.remediation().missingData(uid(route)),
                        now),
                RouteNames.ROUTE_LABEL + "=" + route.getMetadata().getName(),
                tune(route, state, tuning, outcome.snapshots(), now),
                deps.remediation().status(uid(route)).orElse(null));
        ProxyRouteStatus status = StatusAggregator.status(route.getStatus(), facts, now);
        UpdateControl<ProxyRoute> control = write(route, state, status, now);
        boolean retuned = !Objects.equals(RouteTuning.effective(status.tuning()), RouteTuning.effective(tuning));
        return control.rescheduleAfter(
                retuned ? RequeueDelay.AT_ONCE : RequeueDelay.after(route, pods, outcome.problems()));
    }

    private List<PodState> podFacts(ProxyRoute route, Outcome outcome, Instant now) {
        Map<String, Acknowledgement> acknowledgements = deps.pusher().acknowledgements(uid(route));
        return outcome.present().stream()
                .filter(pod -> !pod.terminating())
                .map(pod -> new PodState(
                        pod.name(),
                        pod.ready(),
                        pod.readySince() != null
                                && !pod.readySince().plus(RequeueDelay.SETTLING).isAfter(now),
                        isCurrent(route, outcome.servedHash(), acknowledgements.get(pod.uid())),
                        acknowledgements.get(pod.uid()) instanceof Acknowledgement.Unreachable(var reason)
                                ? reason
                                : ""))
                .toList();
    }

    /** Reports a spec that cannot be read. It affects no other route, and the proxies keep their configuration. */
    UpdateControl<ProxyRoute> unreadable(ProxyRoute route, RouteState state) {
        Instant now = deps.clock().instant();
        return LenientSpecReader.problem(deps.client(), route)
                .map(problem -> write(
                        route,
                        state,
                        StatusAggregator.unreadable(
                                route.getStatus(), route.getMetadata().getGeneration(), problem, now),
                        now))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** A new leader has pushed nothing yet; until the first acknowledgement, the status of its predecessor counts. */
    private static boolean isCurrent(ProxyRoute route, String hash, Acknowledgement acknowledgement) {
        return switch (acknowledgement) {
            case Acknowledgement.Accepted(var applied) -> applied.hash().equals(hash);
            case null ->
                route.getStatus() != null
                        && Objects.equals(route.getStatus().configHash(), hash)
                        && route.getStatus().conditions().stream()
                                .anyMatch(condition -> condition.getReason().equals(Reason.Programmed.name())
                                        || condition.getReason().equals(Reason.LastValidServed.name()));
            default -> false;
        };
    }

    private ProxyRouteStatus.Tuning tune(
            ProxyRoute route,
            RouteState state,
            ProxyRouteStatus.Tuning before,
            RecentSnapshots snapshots,
            Instant now) {
        String uid = uid(route);
        boolean held = deps.remediation().activeFindings(uid).isPresent()
                || deps.remediation()
                        .status(uid)
                        .map(status -> status.phase().isOpen())
                        .orElse(false);
        ProxyRouteStatus.Tuning after = state.tuning().tune(route.getSpec(), before, snapshots, held, now);
        if (after != null && !Objects.equals(after.effective(), RouteTuning.effective(before))) {
            deps.events().record(route, EventRecorder.Type.Normal, Reason.Tuned.name(), after.reason());
        }
        return after;
    }

    /** Passes the status to the metrics, writes Events, and writes the status if it has changed. */
    private UpdateControl<ProxyRoute> write(ProxyRoute route, RouteState state, ProxyRouteStatus status, Instant now) {
        deps.listener().onConditions(uid(route), status.conditions());
        List<Condition> before =
                route.getStatus() == null ? List.of() : route.getStatus().conditions();
        state.conditionChanges().of(before, status.conditions(), now).forEach(condition -> deps.events()
                .record(
                        route,
                        condition.getStatus().equals("True") ? EventRecorder.Type.Normal : EventRecorder.Type.Warning,
                        condition.getReason(),
                        condition.getMessage()));
        if (status.equals(route.getStatus())) {
            return UpdateControl.noUpdate();
        }
        ProxyRoute patch = new ProxyRoute();
        patch.getMetadata().setNamespace(route.getMetadata().getNamespace());
        patch.getMetadata().setName(route.getMetadata().getName());
        patch.getMetadata().setUid(uid(route));
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    private static String uid(ProxyRoute route) {
        return route.getMetadata().getUid();
    }
}
