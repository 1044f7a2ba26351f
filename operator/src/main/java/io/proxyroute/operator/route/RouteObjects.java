package io.proxyroute.operator.route;

import io.proxyroute.contract.config.Listener;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.compile.Workload;
import io.proxyroute.operator.dependents.Applier;
import io.proxyroute.operator.dependents.PermanentFailures;
import io.proxyroute.operator.dependents.TlsSecret;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.pki.CertificateAuthority;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Applies the objects that run a route: the Secret of its proxies, its workload, and the number of pods. */
final class RouteObjects {

    private static final Set<Reason> WITHOUT_WORKLOAD = Set.of(Reason.InsufficientMemory, Reason.NotAllowed);

    private final TlsSecret secrets;
    private final Applier applier;
    private final DesiredReplicas desiredReplicas;
    private final Supplier<CertificateAuthority> authority;
    private final OperatorEnvironment environment;
    private final Clock clock;

    RouteObjects(
            TlsSecret secrets,
            Applier applier,
            DesiredReplicas desiredReplicas,
            Supplier<CertificateAuthority> authority,
            OperatorEnvironment environment,
            Clock clock) {
        this.secrets = secrets;
        this.applier = applier;
        this.desiredReplicas = desiredReplicas;
        this.authority = authority;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * Applies all objects. One that cannot be applied does not prevent the others.
     *
     * @param found problems of the spec; the workload is not applied if its memory does not suffice, or if it
     *     is not allowed
     * @return problems of objects that could not be applied
     */
    List<Problem> apply(RouteContext context, DesiredReplicas.Decision replicas, Collection<Problem> found) {
        PermanentFailures failures = new PermanentFailures();
        boolean allReady = context.pods().stream().filter(ObservedPod::ready).count() >= replicas.pods();
        ensureCertificate(context, allReady, failures);
        if (found.stream().map(Problem::reason).noneMatch(WITHOUT_WORKLOAD::contains)) {
            applyWorkload(context, replicas.pods(), failures);
        }
        failures.attempt(
                "the number of pods",
                () -> desiredReplicas.apply(context.route(), context.state().scaling(), replicas));
        return failures.problems();
    }

    /** The Service gets a port only after a proxy is known to be able to listen on it. */
    private void applyWorkload(RouteContext context, int pods, PermanentFailures failures) {
        List<Listener> listeners =
                context.state().rollout().published().orElseThrow().listeners();
        applier.apply(context.route(), Workload.of(context.route(), listeners, pods, environment), pods, failures);
    }

    /**
     * Issues or renews the certificate of the route's proxies if a check is due.
     *
     * @param allReady whether no pod is starting; a pod that starts needs the Secret
     */
    void ensureCertificate(RouteContext context, boolean allReady, PermanentFailures failures) {
        Instant now = clock.instant();
        CertificateAuthority current = authority.get();
        CertificateCheck check = context.state().certificate();
        if (check.isDue(current, allReady, now)) {
            failures.attempt(secrets.name(context.route()), () -> {
                secrets.ensure(context.route(), current, now);
                check.done(current, now);
            });
        }
    }
}
