package io.proxyroute.operator.route;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.api.v1alpha1.TuningSpec;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.compile.Compilation;
import io.proxyroute.operator.compile.ConfigCompiler;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.compile.Workload;
import io.proxyroute.operator.dependents.Applier;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.dependents.FieldManager;
import io.proxyroute.operator.dependents.OwnedObjects;
import io.proxyroute.operator.dependents.PermanentFailures;
import io.proxyroute.operator.dependents.TlsSecret;
import io.proxyroute.operator.endpoints.EndpointResolver;
import io.proxyroute.operator.observe.LatestSamples;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.observe.SnapshotPoller;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.push.ConfigPusher;
import io.proxyroute.operator.push.Target;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reconciles routes. */
@ControllerConfiguration(name = "proxyroute", fieldManager = FieldManager.OPERATOR)
public final class ProxyRouteReconciler implements Reconciler<ProxyRoute> {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyRouteReconciler.class);

    private final Collaborators with;
    private final ReconcileTrigger signals;
    private final RouteReport report;
    private final Map<String, RouteState> states = new ConcurrentHashMap<>();
    private IndexedResourceCache<ProxyRoute> routes;
    private OwnedObjects owned;
    private ProxyPods pods;
    private ClusterBackends backends;
    private DesiredReplicas wanted;
    private Applier applier;
    private ConfigStore configs;
    private TlsSecret secrets;

    /**
     * What the control loop works with.
     *
     * @param client for writes and uncached reads
     * @param environment of this installation
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
            OperatorEnvironment environment,
            Supplier<CertificateAuthority> authority,
            BooleanSupplier leads,
            ConfigPusher pusher,
            SnapshotPoller poller,
            LatestSamples samples,
            RouteRemediation remediation,
            EventRecorder events,
            StatusListener listener,
            Clock clock) {}

    public ProxyRouteReconciler(Collaborators with) {
        this.with = with;
        this.signals = new ReconcileTrigger(this::forget);
        this.report = new RouteReport(with);
    }

    /** Reconciles routes on request of others. */
    public ReconcileTrigger signals() {
        return signals;
    }

    @Override
    public List<EventSource<?, ProxyRoute>> prepareEventSources(EventSourceContext<ProxyRoute> context) {
        routes = context.getPrimaryCache();
        owned = new OwnedObjects(context);
        pods = new ProxyPods(context);
        backends = new ClusterBackends(context);
        applier = new Applier(with.client(), owned);
        wanted = new DesiredReplicas(owned, applier, with.events());
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
        RouteState state = states.computeIfAbsent(uid, _ -> RouteState.fresh(configs, with.leads()));
        List<ObservedPod> present = pods.of(route);
        Map<String, Acknowledgement> acknowledgements = with.pusher().acknowledgements(uid);
        ReferenceGrantLookup look = backends.forOneLook();
        if (route.getSpec() == null) {
            UpdateControl<ProxyRoute> told = report.unreadable(route, state);
            return keepServing(route, state, present, acknowledgements, look)
                    ? told
                    : told.rescheduleAfter(RequeueDelay.SETTLING);
        }
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, List.of()));
        Compilation compilation = ConfigCompiler.compile(route, state.tuning().inForce(route), look);
        Optional<ConfigDocument> served = state.rollout()
                .step(
                        route,
                        compilation instanceof Compilation.Compiled(var config)
                                ? Optional.of(config)
                                : Optional.empty(),
                        present,
                        acknowledgements);
        List<Problem> problems = new ArrayList<>(state.rollout().failures());
        problems.addAll(
                compilation instanceof Compilation.Rejected(var found)
                        ? found
                        : state.rollout().problems(present, acknowledgements));
        RecentSnapshots snapshots = RecentSnapshots.of(
                present,
                with.samples().of(uid),
                route.getSpec().remediation().staleAfter().toJava(),
                with.clock().instant());
        boolean replacing = with.remediation()
                .status(uid)
                .map(status -> status.phase().isReplacing())
                .orElse(false);
        DesiredReplicas.Wanted replicas = wanted.replicas(
                route, state.scaling(), snapshots, replacing, with.clock().instant());
        if (served.isPresent()) {
            aim(route, state, served.get(), present, acknowledgements, look);
            problems.addAll(put(route, state, replicas, present, problems));
        }
        String hash = served.map(ConfigDocument::hash).orElse(null);
        with.remediation().reconciled(route, new RouteRemediation.ReconciledState(hash, present));
        return report.settle(
                route, state, new RouteReport.Findings(hash, replicas.pods(), present, snapshots, problems));
    }

    /**
     * What was served goes on, and is kept up. The user hears of the spec even where that fails.
     *
     * @return whether it succeeded
     */
    private boolean keepServing(
            ProxyRoute route,
            RouteState state,
            List<ObservedPod> present,
            Map<String, Acknowledgement> acknowledgements,
            ReferenceGrantLookup look) {
        try {
            state.rollout()
                    .step(route, Optional.empty(), present, acknowledgements)
                    .ifPresent(served -> {
                        aim(route, state, served, present, acknowledgements, look);
                        certify(route, state, true, new PermanentFailures());
                    });
            return true;
        } catch (KubernetesClientException | IllegalStateException e) {
            LOG.warn("{} cannot be kept up: {}", RouteNames.ref(route), e.getMessage());
            return false;
        }
    }

    /** Aims the proxies at a configuration and at the addresses of its backends. This is what hurries. */
    private void aim(
            ProxyRoute route,
            RouteState state,
            ConfigDocument served,
            List<ObservedPod> present,
            Map<String, Acknowledgement> acknowledgements,
            ReferenceGrantLookup look) {
        List<Backend> inUse = state.inUse().of(served, acknowledgements.values());
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, inUse));
        EndpointsDocument endpoints = state.versions()
                .next(
                        EndpointResolver.resolve(
                                inUse, backends.grantedTo(route.getMetadata().getNamespace(), look)),
                        state.rollout().epoch());
        List<ProxyAddress> addresses = present.stream()
                .map(ObservedPod::proxy)
                .filter(Objects::nonNull)
                .toList();
        with.pusher().aim(route.getMetadata().getUid(), new Target(served, endpoints), addresses);
    }

    /**
     * Applies the objects, and has the pods looked at.
     *
     * @return what could not be applied
     */
    private List<Problem> put(
            ProxyRoute route,
            RouteState state,
            DesiredReplicas.Wanted wantedReplicas,
            List<ObservedPod> present,
            List<Problem> problems) {
        PermanentFailures failures = new PermanentFailures();
        int replicas = wantedReplicas.pods();
        boolean allReady = present.stream().filter(ObservedPod::ready).count() >= replicas;
        certify(route, state, allReady, failures);
        if (problems.stream().noneMatch(problem -> problem.reason() == Reason.InsufficientMemory)) {
            // Clients are sent to a port once a proxy is known to be able to listen on it.
            List<Listener> listeners = state.rollout().published().orElseThrow().listeners();
            applier.apply(route, Workload.of(route, listeners, replicas, with.environment()), replicas, failures);
        }
        failures.attempt("the number of pods", () -> wanted.set(route, state.scaling(), wantedReplicas));
        boolean observed = route.getSpec().remediation().mode() != RemediationSpec.Mode.Disabled
                || route.getSpec().autoscaling().mode() == AutoscalingSpec.Mode.Operator
                || route.getSpec().tuning().mode() != TuningSpec.Mode.Disabled;
        with.poller()
                .watch(
                        route.getMetadata().getUid(),
                        route.getSpec().remediation().pollInterval().toJava(),
                        observed ? present : List.of());
        return failures.problems();
    }

    private void certify(ProxyRoute route, RouteState state, boolean allReady, PermanentFailures failures) {
        Instant now = with.clock().instant();
        CertificateAuthority authority = with.authority().get();
        if (state.certificate().isDue(authority, allReady, now)) {
            failures.attempt(secrets.name(route), () -> {
                secrets.ensure(route, authority, now);
                state.certificate().done(authority, now);
            });
        }
    }

    private void forget(RouteRef route) {
        states.remove(route.uid());
        with.pusher().forget(route.uid());
        with.poller().forget(route.uid());
        with.remediation().forget(route.uid());
        with.listener().onRouteDeleted(route.uid());
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
