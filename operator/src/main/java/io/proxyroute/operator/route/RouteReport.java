package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusAggregator;
import io.proxyroute.operator.status.StatusInput;
import io.proxyroute.operator.status.StatusInput.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Reports the state of a route: in its status, in Events and in the metrics. */
final class RouteReport {

    private final ProxyRouteReconciler.Dependencies deps;

    RouteReport(ProxyRouteReconciler.Dependencies deps) {
        this.deps = deps;
    }

    /**
     * Outcome of a reconciliation.
     *
     * @param servedHash hash of the configuration that the proxies should serve, or null
     * @param replicas desired number of pods
     * @param snapshots the pods' latest snapshots
     * @param problems reasons why the spec is not served
     * @param workload the Deployment, the Service and the pods, as cached after they were applied
     * @param tuning result of the tuning
     */
    record Outcome(
            String servedHash,
            int replicas,
            RecentSnapshots snapshots,
            List<Problem> problems,
            WorkloadState workload,
            RouteTuning.Result tuning) {}

    /** Writes the status, and sets the time of the next reconciliation. */
    UpdateControl<ProxyRoute> report(RouteContext context, Outcome outcome) {
        ProxyRoute route = context.route();
        Instant now = deps.clock().instant();
        List<PodState> pods = podStates(context, outcome, now);
        reportDeaths(context, outcome.workload(), now);
        StatusInput input = new StatusInput(
                route.getMetadata().getGeneration(),
                outcome.problems(),
                outcome.servedHash(),
                outcome.replicas(),
                DesiredReplicas.minAvailable(route, outcome.replicas()),
                pods,
                outcome.workload().rollout(),
                RouteHealth.of(
                        route,
                        outcome.snapshots(),
                        context.state().deaths().message(),
                        deps.remediation().activeFindings(context.uid()),
                        deps.remediation().missingData(context.uid()),
                        now),
                outcome.workload().facts(route, BackendNotes.of(context.state())),
                outcome.tuning().tuning(),
                deps.remediation().status(context.uid()).orElse(null));
        ProxyRouteStatus status = StatusAggregator.status(route.getStatus(), input, now);
        Duration next = outcome.tuning().changed()
                ? RequeueDelay.IMMEDIATELY
                : RequeueDelay.after(route, pods, outcome.problems());
        Duration postponed =
                context.state().statusWrites().wait(route.getMetadata().getGeneration(), now);
        return write(context, status, now)
                .rescheduleAfter(postponed.compareTo(next) > 0 || postponed.isZero() ? next : postponed);
    }

    private void reportDeaths(RouteContext context, WorkloadState workload, Instant now) {
        context.state().deaths().update(workload.pods(), now).forEach(death -> {
            deps.listener().onProxyDied(death.cause().name().toLowerCase(Locale.ROOT));
            deps.events().record(context.route(), EventRecorder.Type.Warning, Reason.ProxyDied.name(), death.message());
        });
    }

    /** Reads the acknowledgements again, since proxies may have responded to the push in the meantime. */
    private List<PodState> podStates(RouteContext context, Outcome outcome, Instant now) {
        Map<String, Acknowledgement> acknowledgements = deps.pusher().acknowledgements(context.uid());
        return context.pods().stream()
                .filter(pod -> !pod.terminating())
                .map(pod -> new PodState(
                        pod.name(),
                        pod.ready(),
                        pod.readySince() != null
                                && !pod.readySince().plus(RequeueDelay.SETTLING).isAfter(now),
                        isCurrent(context.route(), outcome.servedHash(), acknowledgements.get(pod.uid())),
                        acknowledgements.get(pod.uid()) instanceof Acknowledgement.Unreachable(var reason)
                                ? reason
                                : ""))
                .toList();
    }

    /** Reports a spec that cannot be read. It affects no other route, and the proxies keep their configuration. */
    UpdateControl<ProxyRoute> unreadable(RouteContext context) {
        ProxyRoute route = context.route();
        Instant now = deps.clock().instant();
        return LenientSpecReader.problem(deps.client(), route)
                .map(problem -> write(
                        context,
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

    /** Passes the status to the metrics, writes Events, and writes the status if it has changed and was not written too often. */
    private UpdateControl<ProxyRoute> write(RouteContext context, ProxyRouteStatus status, Instant now) {
        ProxyRoute route = context.route();
        deps.listener().onConditions(context.uid(), status.conditions());
        List<Condition> before =
                route.getStatus() == null ? List.of() : route.getStatus().conditions();
        context.state().conditionChanges().of(before, status.conditions(), now).forEach(condition -> deps.events()
                .record(
                        route,
                        condition.getStatus().equals("True") ? EventRecorder.Type.Normal : EventRecorder.Type.Warning,
                        condition.getReason(),
                        condition.getMessage()));
        if (status.equals(route.getStatus())
                || !context.state().statusWrites().tryTake(route.getMetadata().getGeneration(), now)) {
            return UpdateControl.noUpdate();
        }
        ProxyRoute patch = new ProxyRoute();
        patch.getMetadata().setNamespace(route.getMetadata().getNamespace());
        patch.getMetadata().setName(route.getMetadata().getName());
        patch.getMetadata().setUid(context.uid());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }
}
