package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * In the modes Observe and Recommend a leak is told, and nothing that runs is written to. The API server's audit log is the
 * witness.
 */
@ClusterTest(pods = 3)
class ObserveIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Set<String> MAY_BE_WRITTEN =
            Set.of("proxyroutes/status", "remediationruns", "remediationruns/status", "events", "leases");

    @Test
    void aLeakIsToldAndNothingIsTouched(Sandbox sandbox, Cluster cluster) {
        assumeThat(cluster.auditLog()).as("the audit log can be read").isPresent();
        AuditLog log = cluster.auditLog().orElseThrow();
        sandbox.backend("echo", 1);
        List<Route> routes = List.of(leaking(sandbox, "Observe"), leaking(sandbox, "Recommend"));
        routes.forEach(route -> route.awaitServing(LIMIT));
        List<List<String>> pods = routes.stream().map(Route::podUids).toList();
        List<String> targets = routes.stream()
                .map(route -> route.name() + "=" + route.url(8080) + "/a")
                .toList();
        try (Load load = Load.start(sandbox, "load", targets, "--rate=25", "--duration=20m")) {
            // Not longer than the leak needs to fill the heap.
            Instant steady = Instant.now();
            routes.forEach(route -> route.await("Healthy", "False", LIMIT));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(routes.getLast().runs())
                            .anyMatch(run -> run.getStatus() != null
                                    && run.getStatus().outcome() == RemediationRunStatus.Outcome.Recommended));

            List<AuditLog.Entry> writes = log.of(AuditLog.OPERATOR, steady).stream()
                    .filter(AuditLog.Entry::isWrite)
                    .filter(entry -> sandbox.namespace().equals(entry.namespace()))
                    .toList();
            assertThat(writes)
                    .as("the status was written, so the log speaks of the operator")
                    .isNotEmpty();
            assertThat(writes).extracting(AuditLog.Entry::resource).allSatisfy(resource -> assertThat(MAY_BE_WRITTEN)
                    .contains(resource));
            Traffic.assertNothingLost(load);
        }
        assertThat(routes.stream().map(Route::podUids).toList()).isEqualTo(pods);
        assertThat(routes).flatExtracting(Route::runs).allSatisfy(run -> assertThat(
                        run.getStatus().actedAt())
                .as("when a pod was touched")
                .isNull());
        assertThat(routes.getLast().runs())
                .anySatisfy(run -> assertThat(run.getStatus().verdict()).contains("StaticMap"));
    }

    private static Route leaking(Sandbox sandbox, String mode) {
        String name = mode.toLowerCase(Locale.ROOT);
        return Route.apply(
                sandbox,
                name,
                "routes/leaking.yaml",
                Map.of("name", name, "filter", "static-map", "class", "StaticMap", "bytes", "16384", "mode", mode));
    }
}
