package io.proxyroute.operator.remediation.cluster;

import static io.proxyroute.operator.remediation.cluster.ApiErrors.translate;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * The RemediationRuns of one route. Creating the run with the next number is the route's lock ({@link
 * RunNames}). Its status is written with the resource version that was read.
 */
public final class RunJournal implements Journal {

    private static final Duration RETENTION = Duration.ofHours(24);

    private final KubernetesClient client;
    private final ProxyRoute route;
    private final Clock clock;

    public RunJournal(KubernetesClient client, ProxyRoute route, Clock clock) {
        this.client = client;
        this.route = route;
        this.clock = clock;
    }

    @Override
    public List<Run> runs() {
        return translate("list the runs of " + route.getMetadata().getName(), () -> {
            String uid = route.getMetadata().getUid();
            return resources()
                    .withLabel(RouteNames.ROUTE_LABEL, route.getMetadata().getName())
                    .list()
                    .getItems()
                    .stream()
                    .filter(run -> run.getSpec().routeRef().uid().equals(uid))
                    .filter(run -> RunNames.isOf(route, run.getMetadata().getName()))
                    .map(RunCodec::fromObject)
                    .sorted(Comparator.comparing(Run::number))
                    .toList();
        });
    }

    @Override
    public Run create(Run run) {
        return translate("create run " + run.number(), () -> {
            deleteOld(run);
            RemediationRun created =
                    resources().resource(RunCodec.toObject(route, run)).create();
            return write(run.withVersion(created.getMetadata().getResourceVersion()));
        });
    }

    @Override
    public Run update(Run run) {
        return translate("write run " + run.number(), () -> write(run));
    }

    private Run write(Run run) {
        RemediationRun object = RunCodec.toObject(route, run);
        object.setStatus(RunCodec.toStatus(run));
        RemediationRun written = resources().resource(object).updateStatus();
        return run.withVersion(written.getMetadata().getResourceVersion());
    }

    /**
     * Deletes runs that ended more than a day ago, which are no longer read. An escalated run stays until the route
     * changes.
     */
    private void deleteOld(Run next) {
        Instant oldest = clock.instant().minus(RETENTION);
        List<Run> runs = runs();
        runs.stream()
                .filter(run -> run != runs.getLast())
                .filter(run -> !run.isOpen() && run.state().since().isBefore(oldest))
                .filter(run ->
                        !(run.state() instanceof State.Escalated && run.routeGeneration() == next.routeGeneration()))
                .forEach(run ->
                        resources().withName(RunNames.of(route, run.number())).delete());
    }

    private NonNamespaceOperation<RemediationRun, KubernetesResourceList<RemediationRun>, Resource<RemediationRun>>
            resources() {
        MixedOperation<RemediationRun, KubernetesResourceList<RemediationRun>, Resource<RemediationRun>> all =
                client.resources(RemediationRun.class);
        return all.inNamespace(route.getMetadata().getNamespace());
    }
}
