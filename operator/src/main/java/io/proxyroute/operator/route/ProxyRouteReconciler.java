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

/**
 * Brings each route from its specification to running proxies, and reports the result in its status. Runs on the
 * framework's threads, one reconciliation of a route at a time.
 */
@ControllerConfiguration(name = "proxyroute", fieldManager = FieldManager.OPERATOR)
public final class ProxyRouteReconciler implements Reconciler<ProxyRoute> {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyRouteReconciler.class);

    private final Dependencies deps;
    private final ReconcileTrigger trigger;
    private final RouteReport report;
    private final Map<String, RouteState> states = new ConcurrentHashMap<>();
    private IndexedResourceCache<ProxyRoute> routes;
    private OwnedObjects owned;
    private ProxyPods pods;
    private ClusterBackends backends;
    private DesiredReplicas desiredReplicas;
    private Applier applier;
    private ConfigStore configs;
    private TlsSecret secrets;

    /**
     * Collaborators of the reconciler and of its report.
     *
     * @param client for writes and uncached reads
     * @param environment of this installation
     * @param authority that issues the proxies' certificates
     * @param leads reads from the API server whether this operator still leads
     * @param pusher of configuration and endpoints
     * @param poller of the proxies
     * @param samples newest samples of the poller
     * @param remediation running beside the reconciler
     * @param events for users
     * @param listener of conditions and Events
     */
    public record Dependencies(
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

    public ProxyRouteReconciler(Dependencies deps) {
        this.deps = deps;
        this.trigger = new ReconcileTrigger(this::forget);
        this.report = new RouteReport(deps);
    }

    /** Triggers reconciliations for other components. */
    public ReconcileTrigger trigger() {
        return trigger;
    }

    @Override
    public List<EventSource<?, ProxyRoute>> prepareEventSources(EventSourceContext<ProxyRoute> context) {
        routes = context.getPrimaryCache();
        owned = new OwnedObjects(context);
        pods = new ProxyPods(context);
        backends = new ClusterBackends(context);
        applier = new Applier(deps.client(), owned);
        desiredReplicas = new DesiredReplicas(owned, applier, deps.events());
        configs = new ConfigStore(deps.client(), route -> owned.get(ConfigMap.class, route, RouteNames.config(route)));
        secrets = new TlsSecret(deps.client());
        List<EventSource<?, ProxyRoute>> sources = new ArrayList<>(owned.eventSources());
        sources.addAll(backends.eventSources());
        sources.add(pods.eventSource());
        sources.add(trigger);
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
            // Otherwise work that started after the deletion event would never end.
            if (isGone(route)) {
                forget(RouteNames.ref(route));
            }
        }
    }

    /** The cache changes before the event: a new route is in it before its creation event, a deleted one is out of it. */
    private boolean isGone(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        return !trigger.knows(uid)
                && routes.get(ResourceID.fromResource(route))
                        .filter(cached -> cached.getMetadata().getUid().equals(uid))
                        .isEmpty();
    }

    private UpdateControl<ProxyRoute> advance(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        RouteState state = states.computeIfAbsent(uid, _ -> RouteState.fresh(configs, deps.leads()));
        List<ObservedPod> present = pods.of(route);
        Map<String, Acknowledgement> acknowledgements = deps.pusher().acknowledgements(uid);
        ReferenceGrantLookup grants = backends.newGrantLookup();
        if (route.getSpec() == null) {
            UpdateControl<ProxyRoute> reported = report.unreadable(route, state);
            return keepServing(route, state, present, acknowledgements, grants)
                    ? reported
                    : reported.rescheduleAfter(RequeueDelay.SETTLING);
        }
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, List.of()));
        Compilation compilation = ConfigCompiler.compile(route, state.tuning().effectiveValues(route), grants);
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
                deps.samples().of(uid),
                route.getSpec().remediation().staleAfter().toJava(),
                deps.clock().instant());
        boolean replacing = deps.remediation()
                .status(uid)
                .map(status -> status.phase().isReplacing())
                .orElse(false);
        DesiredReplicas.Decision replicas = desiredReplicas.decide(
                route, state.scaling(), snapshots, replacing, deps.clock().instant());
        if (served.isPresent()) {
            setTarget(route, state, served.get(), present, acknowledgements, grants);
            problems.addAll(applyObjects(route, state, replicas, present, problems));
        }
        String hash = served.map(ConfigDocument::hash).orElse(null);
        deps.remediation().reconciled(route, new RouteRemediation.ReconciledState(hash, present));
        return report.report(
                route, state, new RouteReport.Outcome(hash, replicas.pods(), present, snapshots, problems));
    }

    /**
     * Keeps serving the last configuration. The unreadable spec is reported even if this fails.
     *
     * @return whether it succeeded
     */
    private boolean keepServing(
            ProxyRoute route,
            RouteState state,
            List<ObservedPod> present,
            Map<String, Acknowledgement> acknowledgements,
            ReferenceGrantLookup grants) {
        try {
            state.rollout()
                    .step(route, Optional.empty(), present, acknowledgements)
                    .ifPresent(served -> {
                        setTarget(route, state, served, present, acknowledgements, grants);
                        certify(route, state, true, new PermanentFailures());
                    });
            return true;
        } catch (KubernetesClientException | IllegalStateException e) {
            LOG.warn("Cannot keep {} serving its last configuration: {}", RouteNames.ref(route), e.getMessage());
            return false;
        }
    }

    /** Sets the configuration and endpoints that the proxies should serve. Latency matters here. */
    private void setTarget(
            ProxyRoute route,
            RouteState state,
            ConfigDocument served,
            List<ObservedPod> present,
            Map<String, Acknowledgement> acknowledgements,
            ReferenceGrantLookup grants) {
        List<Backend> inUse = state.inUse().of(served, acknowledgements.values());
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, inUse));
        EndpointsDocument endpoints = state.versions()
                .next(
                        EndpointResolver.resolve(
                                inUse, backends.grantedTo(route.getMetadata().getNamespace(), grants)),
                        state.rollout().epoch());
        List<ProxyAddress> addresses = present.stream()
                .map(ObservedPod::proxy)
                .filter(Objects::nonNull)
                .toList();
        deps.pusher().setTarget(route.getMetadata().getUid(), new Target(served, endpoints), addresses);
    }

    /**
     * Applies the route's objects, and sets which pods are polled.
     *
     * @return problems of objects that could not be applied
     */
    private List<Problem> applyObjects(
            ProxyRoute route,
            RouteState state,
            DesiredReplicas.Decision replicas,
            List<ObservedPod> present,
            List<Problem> problems) {
        PermanentFailures failures = new PermanentFailures();
        boolean allReady = present.stream().filter(ObservedPod::ready).count() >= replicas.pods();
        certify(route, state, allReady, failures);
        if (problems.stream().noneMatch(problem -> problem.reason() == Reason.InsufficientMemory)) {
            // The Service gets a port only after a proxy is known to be able to listen on it.
            List<Listener> listeners = state.rollout().published().orElseThrow().listeners();
            int pods = replicas.pods();
            applier.apply(route, Workload.of(route, listeners, pods, deps.environment()), pods, failures);
        }
        failures.attempt("the number of pods", () -> desiredReplicas.apply(route, state.scaling(), replicas));
        boolean observed = route.getSpec().remediation().mode() != RemediationSpec.Mode.Disabled
                || route.getSpec().autoscaling().mode() == AutoscalingSpec.Mode.Operator
                || route.getSpec().tuning().mode() != TuningSpec.Mode.Disabled;
        deps.poller()
                .watch(
                        route.getMetadata().getUid(),
                        route.getSpec().remediation().pollInterval().toJava(),
                        observed ? present : List.of());
        return failures.problems();
    }

    private void certify(ProxyRoute route, RouteState state, boolean allReady, PermanentFailures failures) {
        Instant now = deps.clock().instant();
        CertificateAuthority authority = deps.authority().get();
        if (state.certificate().isDue(authority, allReady, now)) {
            failures.attempt(secrets.name(route), () -> {
                secrets.ensure(route, authority, now);
                state.certificate().done(authority, now);
            });
        }
    }

    private void forget(RouteRef route) {
        states.remove(route.uid());
        deps.pusher().forget(route.uid());
        deps.poller().forget(route.uid());
        deps.remediation().forget(route.uid());
        deps.listener().onRouteDeleted(route.uid());
        backends.uses(new ResourceID(route.name(), route.namespace()), Set.of());
    }

    @Override
    public ErrorStatusUpdateControl<ProxyRoute> updateErrorStatus(
            ProxyRoute route, Context<ProxyRoute> context, Exception e) {
        deps.events()
                .record(
                        route,
                        EventRecorder.Type.Warning,
                        Reason.ReconcileFailed.name(),
                        "Reconciliation failed and is retried: "
                                + Objects.requireNonNullElse(e.getMessage(), e.toString()));
        return ErrorStatusUpdateControl.defaultErrorProcessing();
    }
}
