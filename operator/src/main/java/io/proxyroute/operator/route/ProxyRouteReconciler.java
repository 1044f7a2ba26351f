package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.proxyroute.api.v1alpha1.AutoscalingSpec;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.api.v1alpha1.TuningSpec;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.compile.Compilation;
import io.proxyroute.operator.compile.ConfigCompiler;
import io.proxyroute.operator.compile.Placement;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.compile.Workload;
import io.proxyroute.operator.dependents.Applier;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.dependents.FieldManager;
import io.proxyroute.operator.dependents.OwnedObjects;
import io.proxyroute.operator.dependents.Refusals;
import io.proxyroute.operator.dependents.TlsSecret;
import io.proxyroute.operator.endpoints.EndpointResolver;
import io.proxyroute.operator.observe.LatestSamples;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.SnapshotPoller;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.push.ConfigPusher;
import io.proxyroute.operator.push.ProxyAddress;
import io.proxyroute.operator.push.Target;
import io.proxyroute.operator.status.ConditionNews;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.RouteFacts;
import io.proxyroute.operator.status.RouteFacts.PodFacts;
import io.proxyroute.operator.status.StatusAggregator;
import io.proxyroute.operator.status.StatusListener;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Reconciles routes. */
@ControllerConfiguration(name = "proxyroute", fieldManager = FieldManager.OPERATOR)
public final class ProxyRouteReconciler implements Reconciler<ProxyRoute> {

    private final Collaborators with;
    private final RouteSignals signals;
    private final Map<String, RouteState> states = new ConcurrentHashMap<>();
    private IndexedResourceCache<ProxyRoute> routes;
    private OwnedObjects owned;
    private ProxyPods pods;
    private ClusterBackends backends;
    private WantedReplicas wanted;
    private Applier applier;
    private ConfigStore configs;
    private TlsSecret secrets;

    /**
     * What the control loop works with.
     *
     * @param client for writes and uncached reads
     * @param placement of this installation
     * @param authority whom the proxies' certificates come from
     * @param leads whether this operator still leads; asks the API server
     * @param pusher towards the proxies
     * @param poller of the proxies
     * @param samples what the poller found
     * @param remediation beside the control loop
     * @param events for users
     * @param listener hears how routes stand
     */
    public record Collaborators(
            KubernetesClient client,
            Placement placement,
            Supplier<CertificateAuthority> authority,
            BooleanSupplier leads,
            ConfigPusher pusher,
            SnapshotPoller poller,
            LatestSamples samples,
            RouteRemediation remediation,
            EventRecorder events,
            StatusListener listener,
            Clock clock) {}

    /** What is remembered of a route while this operator leads. */
    private static final class RouteState {
        private final ConfigRollout rollout;
        private final EndpointVersions versions = new EndpointVersions();
        private final BackendsInUse inUse = new BackendsInUse();
        private final RouteScaling scaling = new RouteScaling();
        private final RouteTuning tuning = new RouteTuning();
        private final ConditionNews news = new ConditionNews(NextLook.SETTLING);
        private final CertificateCheck certificate = new CertificateCheck();

        RouteState(ConfigStore configs, BooleanSupplier leads) {
            rollout = new ConfigRollout(configs, leads);
        }
    }

    public ProxyRouteReconciler(Collaborators with) {
        this.with = with;
        this.signals = new RouteSignals(this::forget);
    }

    /** Reconciles routes on request of others. */
    public RouteSignals signals() {
        return signals;
    }

    @Override
    public List<EventSource<?, ProxyRoute>> prepareEventSources(EventSourceContext<ProxyRoute> context) {
        routes = context.getPrimaryCache();
        owned = new OwnedObjects(context);
        pods = new ProxyPods(context);
        backends = new ClusterBackends(context);
        applier = new Applier(with.client(), owned);
        wanted = new WantedReplicas(owned, applier, with.events());
        configs = new ConfigStore(with.client(), route -> owned.get(ConfigMap.class, route, RouteNames.config(route)));
        secrets = new TlsSecret(with.client());
        List<EventSource<?, ProxyRoute>> sources = new ArrayList<>(owned.eventSources());
        sources.addAll(backends.eventSources());
        sources.add(pods.eventSource());
        sources.add(signals);
        return sources;
    }

    @Override
    public UpdateControl<ProxyRoute> reconcile(ProxyRoute route, Context<ProxyRoute> context) {
        if (route.getMetadata().getDeletionTimestamp() != null) {
            return UpdateControl.noUpdate();
        }
        try {
            return advance(route);
        } finally {
            // What was begun after the deletion was heard of would go on for ever.
            if (isGone(route)) {
                forget(RouteNames.ref(route));
            }
        }
    }

    /** A new route is in the cache before its creation is heard of, and in a deletion it is out of it before. */
    private boolean isGone(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        return !signals.knows(uid)
                && routes.get(ResourceID.fromResource(route))
                        .filter(cached -> cached.getMetadata().getUid().equals(uid))
                        .isEmpty();
    }

    private UpdateControl<ProxyRoute> advance(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        RouteState state = states.computeIfAbsent(uid, _ -> new RouteState(configs, with.leads()));
        if (route.getSpec() == null) {
            return unreadable(route, state);
        }
        List<ObservedPod> present = pods.of(route);
        Map<String, Acknowledgement> acknowledgements = with.pusher().acknowledgements(uid);

        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, List.of()));
        ProxyRouteStatus.TunedValues tuned = effective(state.tuning.current(route.getStatus()));
        Compilation compilation = ConfigCompiler.compile(route, tuned, backends.forOneLook());
        Optional<ConfigDocument> served = state.rollout.step(
                route,
                compilation instanceof Compilation.Compiled(var config) ? Optional.of(config) : Optional.empty(),
                present,
                acknowledgements);
        List<Problem> problems = new ArrayList<>(state.rollout.refusals());
        problems.addAll(
                compilation instanceof Compilation.Rejected(var found)
                        ? found
                        : state.rollout.problems(present, acknowledgements));
        RecentSnapshots snapshots = RecentSnapshots.of(
                present,
                with.samples().of(uid),
                route.getSpec().remediation().staleAfter().toJava(),
                with.clock().instant());
        boolean replacing =
                with.remediation().status(uid).map(RunPhases::isReplacing).orElse(false);
        WantedReplicas.Wanted replicas = wanted.replicas(
                route, state.scaling, snapshots, replacing, with.clock().instant());
        if (served.isPresent()) {
            List<Backend> inUse = state.inUse.of(served.get(), acknowledgements.values());
            backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, inUse));
            problems.addAll(put(route, state, served.get(), inUse, replicas, present, problems));
        }
        return settle(route, state, served, replicas.pods(), present, snapshots, problems);
    }

    /** A spec that cannot be read stops its own route and no other; what was served before goes on. */
    private UpdateControl<ProxyRoute> unreadable(ProxyRoute route, RouteState state) {
        Instant now = with.clock().instant();
        return ReadableSpecs.problem(with.client(), route)
                .map(problem -> tell(
                        route,
                        state,
                        StatusAggregator.unreadable(
                                route.getStatus(), route.getMetadata().getGeneration(), problem, now),
                        now))
                .orElseGet(UpdateControl::noUpdate);
    }

    /**
     * Aims the proxies at the configuration, which is what hurries, applies the objects, and has the pods looked at.
     *
     * @return what could not be applied
     */
    private List<Problem> put(
            ProxyRoute route,
            RouteState state,
            ConfigDocument served,
            List<Backend> inUse,
            WantedReplicas.Wanted wantedReplicas,
            List<ObservedPod> present,
            List<Problem> problems) {
        EndpointsDocument endpoints =
                state.versions.next(EndpointResolver.resolve(inUse, backends), state.rollout.epoch());
        List<ProxyAddress> addresses = present.stream()
                .map(ObservedPod::proxy)
                .filter(Objects::nonNull)
                .toList();
        with.pusher().aim(route.getMetadata().getUid(), new Target(served, endpoints), addresses);
        Refusals refusals = new Refusals();
        Instant now = with.clock().instant();
        int replicas = wantedReplicas.pods();
        boolean allReady = present.stream().filter(ObservedPod::ready).count() >= replicas;
        CertificateAuthority authority = with.authority().get();
        if (state.certificate.isDue(authority, allReady, now)) {
            refusals.attempt(secrets.name(route), () -> {
                secrets.ensure(route, authority, now);
                state.certificate.done(authority, now);
            });
        }
        if (problems.stream().noneMatch(problem -> problem.reason() == Reason.InsufficientMemory)) {
            applier.apply(
                    route, Workload.of(route, served.listeners(), replicas, with.placement()), replicas, refusals);
        }
        refusals.attempt("the number of pods", () -> wanted.set(route, state.scaling, wantedReplicas));
        boolean observed = route.getSpec().remediation().mode() != RemediationSpec.Mode.Off
                || route.getSpec().autoscaling().mode() == AutoscalingSpec.Mode.Operator
                || route.getSpec().tuning().mode() != TuningSpec.Mode.Off;
        with.poller()
                .watch(
                        route.getMetadata().getUid(),
                        route.getSpec().remediation().pollInterval().toJava(),
                        observed ? present : List.of());
        return refusals.problems();
    }

    /** Tells what has become of it all. */
    private UpdateControl<ProxyRoute> settle(
            ProxyRoute route,
            RouteState state,
            Optional<ConfigDocument> served,
            int replicas,
            List<ObservedPod> present,
            RecentSnapshots snapshots,
            List<Problem> problems) {
        String uid = route.getMetadata().getUid();
        Instant now = with.clock().instant();
        String hash = served.map(ConfigDocument::hash).orElse(null);
        Map<String, Acknowledgement> acknowledgements = with.pusher().acknowledgements(uid);
        int minAvailable = WantedReplicas.minAvailable(route, replicas);
        with.remediation().reconciled(route, new RouteRemediation.Facts(hash, present));
        ProxyRouteStatus.Tuning tuning = state.tuning.current(route.getStatus());
        List<PodFacts> podFacts = present.stream()
                .filter(pod -> !pod.terminating())
                .map(pod -> new PodFacts(
                        pod.name(),
                        pod.ready(),
                        pod.readySince() != null
                                && !pod.readySince().plus(NextLook.SETTLING).isAfter(now),
                        isCurrent(route, hash, acknowledgements.get(pod.uid()))))
                .toList();
        RouteFacts facts = new RouteFacts(
                route.getMetadata().getGeneration(),
                problems,
                hash,
                replicas,
                minAvailable,
                podFacts,
                RouteHealth.of(route, snapshots, with.remediation().trouble(uid)),
                RouteNames.ROUTE_LABEL + "=" + route.getMetadata().getName(),
                tune(route, state, tuning, snapshots, now),
                with.remediation().status(uid).orElse(null));
        ProxyRouteStatus status = StatusAggregator.status(route.getStatus(), facts, now);
        UpdateControl<ProxyRoute> control = tell(route, state, status, now);
        boolean retuned = !Objects.equals(effective(status.tuning()), effective(tuning));
        return control.rescheduleAfter(retuned ? NextLook.AT_ONCE : NextLook.after(route, podFacts, problems));
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
                                        || condition.getReason().equals(Reason.LastGoodServed.name()));
            default -> false;
        };
    }

    private ProxyRouteStatus.Tuning tune(
            ProxyRoute route,
            RouteState state,
            ProxyRouteStatus.Tuning before,
            RecentSnapshots snapshots,
            Instant now) {
        String uid = route.getMetadata().getUid();
        boolean held = with.remediation().trouble(uid).isPresent()
                || with.remediation().status(uid).map(RunPhases::isOpen).orElse(false);
        ProxyRouteStatus.Tuning after = state.tuning.tune(route.getSpec(), before, snapshots, held, now);
        if (after != null && !Objects.equals(after.effective(), effective(before))) {
            with.events().record(route, EventRecorder.Type.Normal, Reason.Tuned.name(), after.reason());
        }
        return after;
    }

    /** Tells the status to the metrics, to users and, when it changed, to the API server. */
    private UpdateControl<ProxyRoute> tell(ProxyRoute route, RouteState state, ProxyRouteStatus status, Instant now) {
        with.listener().conditions(route.getMetadata().getUid(), status.conditions());
        List<Condition> before =
                route.getStatus() == null ? List.of() : route.getStatus().conditions();
        state.news.of(before, status.conditions(), now).forEach(condition -> with.events()
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
        patch.getMetadata().setUid(route.getMetadata().getUid());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    private static ProxyRouteStatus.TunedValues effective(ProxyRouteStatus.Tuning tuning) {
        return tuning == null ? null : tuning.effective();
    }

    private void forget(RouteRef route) {
        states.remove(route.uid());
        with.pusher().forget(route.uid());
        with.poller().forget(route.uid());
        with.remediation().forget(route.uid());
        with.listener().gone(route.uid());
        backends.uses(new ResourceID(route.name(), route.namespace()), Set.of());
    }

    @Override
    public ErrorStatusUpdateControl<ProxyRoute> updateErrorStatus(
            ProxyRoute route, Context<ProxyRoute> context, Exception e) {
        with.events()
                .record(
                        route,
                        EventRecorder.Type.Warning,
                        Reason.ReconcileFailed.name(),
                        "Reconciliation failed and is tried again: "
                                + Objects.requireNonNullElse(e.getMessage(), e.toString()));
        return ErrorStatusUpdateControl.defaultErrorProcessing();
    }
}
