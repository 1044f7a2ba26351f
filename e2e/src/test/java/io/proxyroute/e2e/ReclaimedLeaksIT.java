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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a filter forgets of the proxy's is named and taken back, and no pod is touched; mended filters raise nothing. */
@ClusterTest(pods = 5)
class ReclaimedLeaksIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> RECLAIMABLE =
            List.of("unclosed-body", "unreturned-lease", "unreleased-buffer", "blocked-fork");
    private static final List<String> OTHERS = List.of(
            "static-map", "capturing-closure", "own-direct-buffers", "fresh-thread-locals", "swallowed-interrupts");
    /** Longer than warm-up and window of the detector together. */
    private static final String LONG_ENOUGH = "--duration=75s";

    private static final String OFFENDER = "proxyroute_ledger_offender_leaks";

    @BeforeAll
    static void startBackend(Sandbox sandbox) {
        sandbox.backend("echo", 1);
    }

    @Test
    void leaksAreNamedReclaimedAndNothingElse(Sandbox sandbox) {
        Route reclaimed = Route.apply(sandbox, "reclaimed", "routes/reclaimed.yaml", Map.of());
        Route mended = Route.apply(sandbox, "mended", "routes/mended.yaml", Map.of());
        reclaimed.awaitServing(LIMIT);
        mended.awaitServing(LIMIT);
        List<String> pods = Stream.concat(reclaimed.podUids().stream(), mended.podUids().stream())
                .toList();
        List<String> targets = Stream.concat(
                        RECLAIMABLE.stream().map(each -> target("reclaimed", reclaimed, each)),
                        Stream.concat(RECLAIMABLE.stream(), OTHERS.stream())
                                .map(each -> target("mended", mended, each)))
                .toList();
        try (Load load = Load.start(sandbox, "load", targets, "--rate=8", LONG_ENOUGH, "--connections=2")) {
            Map<String, LoadLine.Summary> summaries = load.await(LIMIT);
            assertThat(load.losses()).isEmpty();
            assertThat(summaries.values())
                    .allSatisfy(each -> assertThat(each.fellBehind()).isFalse());
            assertReclaimed(reclaimed, summaries);
            assertNothingFound(mended);
        }
        assertThat(Stream.concat(reclaimed.podUids().stream(), mended.podUids().stream()))
                .containsExactlyElementsOf(pods);
        assertThat(reclaimed.runs()).isEmpty();
        assertThat(mended.runs()).isEmpty();
    }

    private static String target(String name, Route route, String filter) {
        return name + "-" + filter + "=" + route.url(8080) + "/" + filter;
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

    private static void assertNothingFound(Route route) {
        assertThat(metricsOf(route).sum("proxyroute_ledger_leaks_total")).isZero();
        assertThat(route.condition("Healthy")).map(Condition::getStatus).contains("True");
    }

    private static PodMetrics metricsOf(Route route) {
        return PodMetrics.of(
                new Requests(route.sandbox().client()),
                route.sandbox().namespace(),
                route.pods().getFirst().getMetadata().getName());
    }
}
