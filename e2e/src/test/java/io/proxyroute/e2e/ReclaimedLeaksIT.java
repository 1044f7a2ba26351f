package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a filter forgets of the proxy's is named and taken back, and no pod is touched; the fixed versions raise nothing. */
@ClusterTest(pods = 3)
class ReclaimedLeaksIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> RECLAIMABLE =
            List.of("unclosed-body", "unreturned-lease", "unreleased-buffer", "blocked-fork");
    /** Longer than warm-up and window of the detector together. */
    private static final String LONG_ENOUGH = "--duration=75s";

    private static final String OFFENDER = "proxyroute_ledger_offender_leaks";

    @BeforeAll
    static void startBackend(Sandbox sandbox) {
        sandbox.backend("echo", 1);
    }

    @Test
    void leaksAreNamedAndReclaimedAndNoPodIsTouched(Sandbox sandbox) {
        Route leaking = Route.apply(sandbox, "reclaimed", "routes/reclaimed.yaml", Map.of());
        Route fixed = Route.apply(sandbox, "fixed", "routes/fixed.yaml", Map.of());
        List<Route> routes = List.of(leaking, fixed);
        routes.forEach(route -> route.awaitServing(LIMIT));
        List<List<String>> pods = routes.stream().map(Route::podUids).toList();
        List<String> targets = routes.stream()
                .flatMap(route -> RECLAIMABLE.stream()
                        .map(filter -> route.name() + "-" + filter + "=" + route.url(8080) + "/" + filter))
                .toList();
        try (Load load = Load.start(sandbox, "load", targets, "--rate=8", LONG_ENOUGH, "--connections=2")) {
            assertReclaimed(leaking, Traffic.assertNothingLost(load, LIMIT));
        }
        assertThat(metricsOf(fixed).sum("proxyroute_ledger_leaks_total")).isZero();
        assertThat(fixed.condition("Healthy")).map(Condition::getStatus).contains("True");
        assertThat(routes.stream().map(Route::podUids).toList()).isEqualTo(pods);
        assertThat(routes).flatExtracting(Route::runs).isEmpty();
    }

    private static void assertReclaimed(Route route, Map<String, LoadLine.Summary> summaries) {
        PodMetrics metrics = metricsOf(route);
        assertThat(RECLAIMABLE).allSatisfy(filter -> {
            double leaks = metrics.sum(OFFENDER, "filter=\"" + filter + "\"", "io.proxyroute.examples.leaks");
            assertThat(leaks)
                    .as(filter)
                    .isEqualTo(summaries.get("reclaimed-" + filter).sent());
        });
        assertThat(metrics.sum("proxyroute_ledger_reclaimed_total"))
                .isEqualTo(metrics.sum("proxyroute_ledger_leaks_total"));
    }

    private static PodMetrics metricsOf(Route route) {
        return PodMetrics.of(
                new Requests(route.sandbox().client()),
                route.sandbox().namespace(),
                route.pods().getFirst().getMetadata().getName());
    }
}
