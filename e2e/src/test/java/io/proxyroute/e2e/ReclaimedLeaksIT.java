package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Leaks of resources that belong to the proxy: it reclaims them, so no pod needs to be replaced. */
@ClusterTest(pods = 3)
class ReclaimedLeaksIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final List<String> RECLAIMABLE =
            List.of("unclosed-body", "unreturned-lease", "unreleased-buffer", "blocked-fork");
    /** Longer than warm-up and window of the detector together. */
    private static final String LOAD_DURATION = "--duration=75s";

    private static final String LEAKS_PER_SITE = "proxyroute_ledger_offender_leaks";

    @BeforeAll
    static void startBackend(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
    }

    @Test
    void reclaimsLeaksAndNamesFilterWithoutReplacingPods(TestNamespace namespace) {
        Route leaking = Route.apply(namespace, "reclaimed", "routes/reclaimed.yaml", Map.of());
        Route fixed = Route.apply(namespace, "fixed", "routes/fixed.yaml", Map.of());
        List<Route> routes = List.of(leaking, fixed);
        routes.forEach(route -> route.awaitServing(TIMEOUT));
        List<List<String>> pods = routes.stream().map(Route::podUids).toList();
        List<String> targets = routes.stream()
                .flatMap(route -> RECLAIMABLE.stream()
                        .map(filter -> route.name() + "-" + filter + "=" + route.url(8080) + "/" + filter))
                .toList();
        try (LoadGenerator load =
                LoadGenerator.start(namespace, "load", targets, "--rate=8", LOAD_DURATION, "--connections=2")) {
            assertReclaimed(leaking, LoadAssertions.assertNothingLost(load, TIMEOUT));
        }
        assertThat(metricsOf(fixed).sum("proxyroute_ledger_leaks_total")).isZero();
        assertThat(fixed.condition("Healthy")).map(Condition::getStatus).contains("True");
        assertThat(routes.stream().map(Route::podUids).toList()).isEqualTo(pods);
        assertThat(routes).flatExtracting(Route::runs).isEmpty();
    }

    private static void assertReclaimed(Route route, Map<String, LoadReport.Summary> summaries) {
        PodMetrics metrics = metricsOf(route);
        assertThat(RECLAIMABLE).allSatisfy(filter -> {
            double leaks = metrics.sum(LEAKS_PER_SITE, "filter=\"" + filter + "\"", "io.proxyroute.examples.leaks");
            assertThat(leaks)
                    .as(filter)
                    .isEqualTo(summaries.get("reclaimed-" + filter).sent());
        });
        assertThat(metrics.sum("proxyroute_ledger_reclaimed_total"))
                .isEqualTo(metrics.sum("proxyroute_ledger_leaks_total"));
    }

    private static PodMetrics metricsOf(Route route) {
        return PodMetrics.scrape(
                new ApiProxyClient(route.namespace().client()),
                route.namespace().name(),
                route.pods().getFirst().getMetadata().getName());
    }
}
