package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The modes Observe and Recommend report a leak and change nothing, according to the audit log of the API server. */
@ClusterTest(pods = 3)
class ObserveIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Set<String> WRITABLE =
            Set.of("proxyroutes/status", "remediationruns", "remediationruns/status", "events", "leases");

    @Test
    void reportsLeakWithoutTouchingWorkload(TestNamespace namespace, Cluster cluster) {
        assumeThat(cluster.auditLog()).as("readable audit log").isPresent();
        AuditLog log = cluster.auditLog().orElseThrow();
        namespace.startBackend("echo", 1);
        List<Route> routes = List.of(leaking(namespace, "Observe"), leaking(namespace, "Recommend"));
        routes.forEach(route -> route.awaitServing(TIMEOUT));
        int leaderChanges = leaderChanges(cluster);
        List<List<String>> pods = routes.stream().map(Route::podUids).toList();
        List<String> targets = routes.stream()
                .map(route -> route.name() + "=" + route.url(8080) + "/a")
                .toList();
        try (LoadGenerator load = LoadGenerator.start(namespace, "load", targets, "--rate=25", "--duration=20m")) {
            // The timeouts must not exceed the time until the leak fills the heap.
            Instant loadStart = Instant.now();
            routes.forEach(route -> route.await("Healthy", "False", TIMEOUT));
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(routes.getLast().runs())
                            .anyMatch(run -> run.getStatus() != null
                                    && run.getStatus().outcome() == RemediationRunStatus.Outcome.Recommended));

            List<AuditLog.Entry> writes = log.entriesOf(AuditLog.OPERATOR, loadStart).stream()
                    .filter(AuditLog.Entry::isWrite)
                    .filter(entry -> namespace.name().equals(entry.namespace()))
                    .toList();
            assertThat(writes)
                    .as("writes of the operator, which must include the status")
                    .isNotEmpty();
            // A new leader claims a sequence number in each ConfigMap, for example after a restart on a busy machine.
            boolean sameLeader = leaderChanges(cluster) == leaderChanges;
            assertThat(writes).allSatisfy(entry -> assertThat(entry.resource())
                    .satisfiesAnyOf(resource -> assertThat(WRITABLE).contains(resource), resource -> assertThat(
                                    !sameLeader && resource.equals("configmaps"))
                            .isTrue()));
            LoadAssertions.assertNothingLost(load);
        }
        assertThat(routes.stream().map(Route::podUids).toList()).isEqualTo(pods);
        assertThat(routes).flatExtracting(Route::runs).allSatisfy(run -> assertThat(
                        run.getStatus().actedAt())
                .as("time of the action")
                .isNull());
        assertThat(routes.getLast().runs())
                .anySatisfy(run -> assertThat(run.getStatus().summary()).contains("StaticMap"));
    }

    private static int leaderChanges(Cluster cluster) {
        return cluster.client().leases().inNamespace(Installation.NAMESPACE).list().getItems().stream()
                .map(lease -> lease.getSpec().getLeaseTransitions())
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .sum();
    }

    private static Route leaking(TestNamespace namespace, String mode) {
        String name = mode.toLowerCase(Locale.ROOT);
        return Route.apply(
                namespace,
                name,
                "routes/leaking.yaml",
                Map.of("name", name, "filter", "static-map", "class", "StaticMap", "bytes", "16384", "mode", mode));
    }
}
