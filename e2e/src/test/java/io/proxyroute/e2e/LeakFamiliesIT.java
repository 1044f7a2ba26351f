package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunSpec;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What nobody can take back: each family is found, named, captured, and its pod replaced, without a lost request, while
 * the fixed versions raise nothing. The families run side by side, a route for each, and all fixed versions on one more. A fixed version has
 * the same load as its family for as long as the slowest family takes, so one that leaked after all would be found too.
 */
@ClusterTest(pods = 8)
class LeakFamiliesIT {

    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration LIMIT = Duration.ofMinutes(6);
    /** Of a core, as it feeds ten targets. */
    private static final String LOAD_CPU = "250m";

    private record Family(String className, String bytes) {

        String filter() {
            return className.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** So many bytes a request that the limit is some minutes away: direct memory has a much lower one than the heap. */
    private static final List<Family> FAMILIES = List.of(
            new Family("StaticMap", "16384"),
            new Family("CapturingClosure", "16384"),
            new Family("OwnDirectBuffers", "4096"),
            new Family("FreshThreadLocals", "16384"),
            new Family("SwallowedInterrupts", "16384"));

    @Test
    void everyFamilyIsFoundAndItsPodReplacedAndNoTwinIs(Sandbox sandbox, Cluster cluster) {
        sandbox.backend("echo", 1);
        Map<Family, Route> routes =
                FAMILIES.stream().collect(Collectors.toMap(family -> family, family -> apply(sandbox, family)));
        Route fixed = Route.apply(sandbox, "fixed", "routes/fixed.yaml", Map.of());
        routes.values().forEach(route -> route.awaitServing(READY));
        fixed.awaitServing(READY);
        Map<Family, String> first = FAMILIES.stream()
                .collect(Collectors.toMap(
                        family -> family, family -> routes.get(family).podUids().getFirst()));
        List<String> fixedPods = fixed.podUids();
        List<String> targets = Stream.concat(
                        FAMILIES.stream()
                                .map(family -> family.filter() + "="
                                        + routes.get(family).url(8080) + "/a"),
                        FAMILIES.stream()
                                .map(Family::filter)
                                .map(path -> "fixed-" + path + "=" + fixed.url(8080) + "/" + path))
                .toList();
        try (Load load =
                Load.start(sandbox, "load", LOAD_CPU, targets, "--rate=25", "--duration=20m", "--connections=4")) {

            await().atMost(LIMIT).untilAsserted(() -> assertThat(FAMILIES)
                    .allSatisfy(family -> assertThat(outcome(routes.get(family)))
                            .as(family.className())
                            .isNotNull()));

            assertNothingFound(fixed, fixedPods);
            Traffic.assertNothingLost(load);
            assertThat(FAMILIES).allSatisfy(family -> assertReplaced(routes.get(family), first.get(family)));
            assertThat(FAMILIES).allSatisfy(family -> assertReported(cluster, routes.get(family), family));
        }
    }

    private static Route apply(Sandbox sandbox, Family family) {
        return Route.apply(
                sandbox,
                family.filter(),
                "routes/leaking.yaml",
                Map.of(
                        "name",
                        family.filter(),
                        "filter",
                        family.filter(),
                        "class",
                        family.className(),
                        "bytes",
                        family.bytes(),
                        "mode",
                        "Auto"));
    }

    private static RemediationRunStatus.Outcome outcome(Route route) {
        List<RemediationRun> runs = route.runs();
        return runs.isEmpty() || runs.getFirst().getStatus() == null
                ? null
                : runs.getFirst().getStatus().outcome();
    }

    private static void assertReplaced(Route route, String victim) {
        RemediationRun run = route.runs().getFirst();
        assertThat(run.getSpec().cause().kind()).isEqualTo(RemediationRunSpec.Cause.Kind.Leak);
        assertThat(run.getSpec().podUid()).isEqualTo(victim);
        assertThat(run.getStatus().outcome())
                .as(route.name() + ": " + run.getStatus().message())
                .isEqualTo(RemediationRunStatus.Outcome.Recovered);
        assertThat(run.getStatus().verdict()).isNotBlank();
        // Proved when its end has begun; the object stays until it is over.
        await().atMost(READY).untilAsserted(() -> assertThat(route.podUids()).doesNotContain(victim));
    }

    private static void assertNothingFound(Route fixed, List<String> pods) {
        assertThat(fixed.runs()).isEmpty();
        assertThat(fixed.podUids()).isEqualTo(pods);
        assertThat(fixed.condition("Healthy")).map(Condition::getStatus).contains("True");
        PodMetrics metrics = PodMetrics.of(
                new Requests(fixed.sandbox().client()),
                fixed.sandbox().namespace(),
                fixed.pods().getFirst().getMetadata().getName());
        assertThat(metrics.sum("proxyroute_ledger_leaks_total")).isZero();
    }

    private static void assertReported(Cluster cluster, Route route, Family family) {
        String reference = route.runs().getFirst().getStatus().reportRef();
        assertThat(reference).isNotBlank();
        Requests.Answer report = new Requests(cluster.client())
                .getFromService(Installation.NAMESPACE, Installation.OPERATOR, Installation.REPORTS_PORT, reference);
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.body()).contains(family.filter());
    }
}
