package io.proxyroute.operator.remediation.cluster;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Journal;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.State;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The RemediationRuns of one route. Creating the run with the next number is the route's lock ({@link
 * RunNames}). Its status is written with the resource version that was read.
 */
public final class RunJournal implements Journal {

    private static final Duration RETENTION = Duration.ofHours(24);
    /** Unrelated objects whose names are skipped for one run. */
    private static final int MAX_SKIPPED = 20;

    private final ApiCalls api;
    private final ProxyRoute route;
    private final Clock clock;
    private final Consumer<String> nameTaken;

    /** @param nameTaken receives the name that a run should have and an unrelated object has */
    public RunJournal(ApiCalls api, ProxyRoute route, Clock clock, Consumer<String> nameTaken) {
        this.api = api;
        this.route = route;
        this.clock = clock;
        this.nameTaken = nameTaken;
    }

    @Override
    public List<Run> runs() {
        return api.call(
                "list the runs of " + route.getMetadata().getName(),
                client ->
                        resources(client)
                                .withLabel(
                                        RouteNames.ROUTE_LABEL,
                                        route.getMetadata().getName())
                                .list()
                                .getItems()
                                .stream()
                                .filter(this::isOwn)
                                .map(RunCodec::fromObject)
                                .sorted(Comparator.comparing(Run::number))
                                .toList());
    }

    private boolean isOwn(RemediationRun run) {
        return RunNames.isOf(route, run.getMetadata().getName())
                && run.getSpec() != null
                && run.getSpec().routeRef() != null
                && route.getMetadata().getUid().equals(run.getSpec().routeRef().uid());
    }

    /** A number that an unrelated object has taken is skipped. */
    @Override
    public Run create(Run run) {
        deleteOld(run);
        Run next = run;
        for (int skipped = 0; skipped <= MAX_SKIPPED; skipped++) {
            Optional<Run> created = tryCreate(next);
            if (created.isPresent()) {
                return update(created.get());
            }
            nameTaken.accept(RunNames.of(route, next.number()));
            next = next.withNumber(next.number() + 1);
        }
        throw new Conflict("Unrelated RemediationRuns have the names %s to %s. Delete them."
                .formatted(RunNames.of(route, run.number()), RunNames.of(route, next.number() - 1)));
    }

    /** Empty if an unrelated object has the name. A run of this route is a lost race, and a conflict. */
    private Optional<Run> tryCreate(Run run) {
        return api.call("create run " + run.number(), client -> {
            try {
                RemediationRun created = resources(client)
                        .resource(RunCodec.toObject(route, run))
                        .create();
                return Optional.of(run.withVersion(created.getMetadata().getResourceVersion()));
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_CONFLICT && isForeign(client, run.number())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private boolean isForeign(KubernetesClient client, int number) {
        return resources(client).withField("metadata.name", RunNames.of(route, number)).list().getItems().stream()
                .anyMatch(found -> !isOwn(found)
                        || !route.getMetadata()
                                .getName()
                                .equals(found.getMetadata().getLabels().get(RouteNames.ROUTE_LABEL)));
    }

    @Override
    public Run update(Run run) {
        return api.call("write run " + run.number(), client -> {
            RemediationRun object = RunCodec.toObject(route, run);
            object.setStatus(RunCodec.toStatus(run));
            RemediationRun written = resources(client).resource(object).updateStatus();
            return run.withVersion(written.getMetadata().getResourceVersion());
        });
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
                .map(run -> RunNames.of(route, run.number()))
                .forEach(name -> api.call(
                        "delete run " + name,
                        client -> resources(client).withName(name).delete()));
    }

    private NonNamespaceOperation<RemediationRun, KubernetesResourceList<RemediationRun>, Resource<RemediationRun>>
            resources(KubernetesClient client) {
        MixedOperation<RemediationRun, KubernetesResourceList<RemediationRun>, Resource<RemediationRun>> all =
                client.resources(RemediationRun.class);
        return all.inNamespace(route.getMetadata().getNamespace());
    }
}
