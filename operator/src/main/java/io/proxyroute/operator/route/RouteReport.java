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

    private final ProxyRouteReconciler.Collaborators with;

    RouteReport(ProxyRouteReconciler.Collaborators with) {
        this.with = with;
    }

    /**
     * What one reconciliation found and did.
     *
     * @param servedHash of the configuration that the proxies should serve; null for none
     * @param replicas how many pods are wanted
     * @param present the pods that have not ended
     * @param snapshots of them
     * @param problems what keeps the spec from being served
     */
    record Findings(
            String servedHash,
            int replicas,
            List<ObservedPod> present,
            RecentSnapshots snapshots,
            List<Problem> problems) {}

    /** Tells it, thinks the tuning over, and says when to look again. */
    UpdateControl<ProxyRoute> settle(ProxyRoute route, RouteState state, Findings found) {
        Instant now = with.clock().instant();
        ProxyRouteStatus.Tuning tuning = state.tuning().current(route.getStatus());
        List<PodState> pods = podFacts(route, found, now);
        StatusInput facts = new StatusInput(
                route.getMetadata().getGeneration(),
                found.problems(),
                found.servedHash(),
                found.replicas(),
                DesiredReplicas.minAvailable(route, found.replicas()),
                pods,
                RouteHealth.of(
                        route,
                        found.snapshots(),
                        with.remediation().activeFindings(uid(route)),
                        with.remediation().missingData(uid(route)),
                        now),
                RouteNames.ROUTE_LABEL + "=" + route.getMetadata().getName(),
                tune(route, state, tuning, found.snapshots(), now),
                with.remediation().status(uid(route)).orElse(null));
        ProxyRouteStatus status = StatusAggregator.status(route.getStatus(), facts, now);
        UpdateControl<ProxyRoute> control = tell(route, state, status, now);
        boolean retuned = !Objects.equals(RouteTuning.effective(status.tuning()), RouteTuning.effective(tuning));
        return control.rescheduleAfter(
                retuned ? RequeueDelay.AT_ONCE : RequeueDelay.after(route, pods, found.problems()));
    }

    private List<PodState> podFacts(ProxyRoute route, Findings found, Instant now) {
        Map<String, Acknowledgement> acknowledgements = with.pusher().acknowledgements(uid(route));
        return found.present().stream()
                .filter(pod -> !pod.terminating())
                .map(pod -> new PodState(
                        pod.name(),
                        pod.ready(),
                        pod.readySince() != null
                                && !pod.readySince().plus(RequeueDelay.SETTLING).isAfter(now),
                        isCurrent(route, found.servedHash(), acknowledgements.get(pod.uid())),
                        acknowledgements.get(pod.uid()) instanceof Acknowledgement.Unreachable(var reason)
                                ? reason
                                : ""))
                .toList();
    }

    /** A spec that cannot be read stops its own route and no other; what was served before goes on. */
    UpdateControl<ProxyRoute> unreadable(ProxyRoute route, RouteState state) {
        Instant now = with.clock().instant();
        return LenientSpecReader.problem(with.client(), route)
                .map(problem -> tell(
                        route,
                        state,
                        StatusAggregator.unreadable(
                                route.getStatus(), route.getMetadata().getGeneration(), problem, now),
                        now))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** A new leader has pushed nothing yet: until the first answer, what its predecessor found goes on. */
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
        boolean held = with.remediation().activeFindings(uid).isPresent()
                || with.remediation()
                        .status(uid)
                        .map(status -> status.phase().isOpen())
                        .orElse(false);
        ProxyRouteStatus.Tuning after = state.tuning().tune(route.getSpec(), before, snapshots, held, now);
        if (after != null && !Objects.equals(after.effective(), RouteTuning.effective(before))) {
            with.events().record(route, EventRecorder.Type.Normal, Reason.Tuned.name(), after.reason());
        }
        return after;
    }

    /** Tells the status to the metrics, to users and, when it changed, to the API server. */
    private UpdateControl<ProxyRoute> tell(ProxyRoute route, RouteState state, ProxyRouteStatus status, Instant now) {
        with.listener().onConditions(uid(route), status.conditions());
        List<Condition> before =
                route.getStatus() == null ? List.of() : route.getStatus().conditions();
        state.news().of(before, status.conditions(), now).forEach(condition -> with.events()
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
