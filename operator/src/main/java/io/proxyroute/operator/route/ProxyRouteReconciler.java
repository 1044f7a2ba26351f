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
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.api.v1alpha1.TuningSpec;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import io.proxyroute.operator.compile.Compilation;
import io.proxyroute.operator.compile.ConfigCompiler;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.compile.RouteNames;
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
import io.proxyroute.operator.push.ConfigPusher;
import io.proxyroute.operator.push.Target;
import io.proxyroute.operator.status.EventRecorder;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import io.proxyroute.operator.status.StatusListener;
import java.time.Clock;
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
    private RouteObjects objects;
    private ConfigStore configs;

    /**
     * Collaborators of the reconciler and of its report.
     *
     * @param client API client for writes and uncached reads
     * @param environment settings of this installation
     * @param authority issues the proxies' certificates
     * @param leads reads from the API server whether this operator still leads
     * @param pusher pushes configuration and endpoints
     * @param poller polls the proxies
     * @param samples newest samples of the poller
     * @param remediation running beside the reconciler
     * @param events writes Events for users
     * @param listener is notified of conditions and Events
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
        Applier applier = new Applier(deps.client(), owned);
        desiredReplicas = new DesiredReplicas(owned, applier, deps.events());
        configs = new ConfigStore(deps.client(), route -> owned.get(ConfigMap.class, route, RouteNames.config(route)));
        objects = new RouteObjects(
                new TlsSecret(deps.client()),
                applier,
                desiredReplicas,
                deps.authority(),
                deps.environment(),
                deps.clock());
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
            return reconcileRoute(route);
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

    private UpdateControl<ProxyRoute> reconcileRoute(ProxyRoute route) {
        RouteContext context = context(route);
        if (route.getSpec() == null) {
            return reconcileUnreadable(context);
        }
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, List.of()));
        Compilation compilation = ConfigCompiler.compile(
                route,
                context.state().tuning().effectiveValues(route),
                backends,
                deps.environment().policy());
        Optional<ConfigDocument> served = context.rollOut(compilation.config());
        List<Problem> problems = new ArrayList<>(context.problems(compilation));
        RecentSnapshots snapshots = recentSnapshots(context);
        DesiredReplicas.Decision replicas = decideReplicas(context, snapshots);
        if (served.isPresent()) {
            push(context, served.get());
            problems.addAll(objects.apply(context, replicas, problems));
            poll(context);
        }
        String hash = served.map(ConfigDocument::hash).orElse(null);
        deps.remediation().reconciled(route, new RouteRemediation.ReconciledState(hash, context.pods()));
        RouteTuning.Result tuning = tune(context, snapshots);
        return report.report(
                context,
                new RouteReport.Outcome(
                        hash, replicas.pods(), snapshots, problems, WorkloadState.of(route, owned, pods), tuning));
    }

    private RouteContext context(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        return new RouteContext(
                route,
                states.computeIfAbsent(uid, _ -> RouteState.create(configs, deps.leads())),
                pods.of(route),
                deps.pusher().acknowledgements(uid),
                deps.clock().instant());
    }

    /** Reports a spec that cannot be read, and keeps the last configuration in use. The report does not depend on that. */
    private UpdateControl<ProxyRoute> reconcileUnreadable(RouteContext context) {
        UpdateControl<ProxyRoute> reported = report.unreadable(context);
        try {
            context.rollOut(Optional.empty()).ifPresent(served -> {
                push(context, served);
                objects.ensureCertificate(context, true, new PermanentFailures());
            });
            return reported;
        } catch (KubernetesClientException | IllegalStateException e) {
            LOG.warn(
                    "Cannot keep {} serving its last configuration: {}",
                    RouteNames.ref(context.route()),
                    e.getMessage());
            return reported.rescheduleAfter(RequeueDelay.SETTLING);
        }
    }

    private RecentSnapshots recentSnapshots(RouteContext context) {
        return RecentSnapshots.of(
                context.pods(),
                deps.samples().of(context.uid()),
                context.route().getSpec().remediation().staleAfter().toJava(),
                deps.clock().instant());
    }

    private DesiredReplicas.Decision decideReplicas(RouteContext context, RecentSnapshots snapshots) {
        boolean replacing = deps.remediation()
                .status(context.uid())
                .map(status -> status.phase().isReplacing())
                .orElse(false);
        return desiredReplicas.decide(
                context.route(),
                context.state().scaling(),
                snapshots,
                replacing,
                deps.clock().instant());
    }

    /** Pushes the configuration and the endpoints to the proxies. Latency matters here. */
    private void push(RouteContext context, ConfigDocument served) {
        ProxyRoute route = context.route();
        RouteState state = context.state();
        List<Backend> inUse =
                state.inUse().of(served, context.acknowledgements().values());
        backends.uses(ResourceID.fromResource(route), ClusterBackends.servicesOf(route, inUse));
        EndpointsDocument endpoints = state.versions()
                .next(
                        EndpointResolver.resolve(
                                inUse,
                                backends.grantedTo(route.getMetadata().getNamespace()),
                                state.versions().last()),
                        state.rollout().epoch());
        List<ProxyAddress> addresses = context.pods().stream()
                .map(ObservedPod::proxy)
                .filter(Objects::nonNull)
                .toList();
        deps.pusher().setTarget(context.uid(), new Target(served, endpoints), addresses);
    }

    /** Polls the pods if any feature of the route needs their snapshots. */
    private void poll(RouteContext context) {
        ProxyRouteSpec spec = context.route().getSpec();
        boolean needsSnapshots = spec.remediation().mode() != RemediationSpec.Mode.Disabled
                || spec.autoscaling().mode() == AutoscalingSpec.Mode.Operator
                || spec.tuning().mode() != TuningSpec.Mode.Disabled;
        deps.poller()
                .watch(
                        context.uid(),
                        spec.remediation().pollInterval().toJava(),
                        needsSnapshots ? context.pods() : List.of());
    }

    /** Tunes the pools, unless a pod leaks or is being remediated. */
    private RouteTuning.Result tune(RouteContext context, RecentSnapshots snapshots) {
        boolean suspended = deps.remediation().activeFindings(context.uid()).isPresent()
                || deps.remediation()
                        .status(context.uid())
                        .map(status -> status.phase().isOpen())
                        .orElse(false);
        ProxyRoute route = context.route();
        RouteTuning tuning = context.state().tuning();
        RouteTuning.Result result = tuning.tune(
                route.getSpec(),
                tuning.current(route.getStatus()),
                snapshots,
                suspended,
                deps.clock().instant());
        if (result.changed() && result.tuning() != null) {
            deps.events()
                    .record(
                            route,
                            EventRecorder.Type.Normal,
                            Reason.Tuned.name(),
                            result.tuning().reason());
        }
        return result;
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
