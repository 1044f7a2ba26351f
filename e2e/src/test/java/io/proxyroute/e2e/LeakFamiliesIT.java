package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunSpec;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Leaks that the proxy cannot reclaim: the operator must detect each leak family and replace its pod without losing a
 * request, and must not act on the fixed versions. Each family has its own route; the fixed versions share one. A fixed
 * version gets the same load as its family for as long as the slowest family takes, so that a leak in it would be detected.
 */
@ClusterTest(pods = 8)
class LeakFamiliesIT {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration RUN_TIMEOUT = Duration.ofMinutes(6);
    /** CPU request for a load on ten targets. */
    private static final String LOAD_CPU = "250m";

    private record Family(String className, String bytes) {

        String filter() {
            return className.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Bytes per request are chosen to reach the limit within minutes; the limit of direct memory is far below the heap's. */
    private static final List<Family> FAMILIES = List.of(
            new Family("StaticMap", "16384"),
            new Family("CapturingClosure", "16384"),
            new Family("OwnDirectBuffers", "4096"),
            new Family("FreshThreadLocals", "16384"),
            new Family("SwallowedInterrupts", "16384"));

    @Test
    void replacesPodOfEveryLeakFamilyButOfNoFixedVersion(TestNamespace namespace, Cluster cluster) {
        namespace.startBackend("echo", 1);
        Map<Family, Route> routes =
                FAMILIES.stream().collect(Collectors.toMap(family -> family, family -> apply(namespace, family)));
        Route fixed = Route.apply(namespace, "fixed", "routes/fixed.yaml", Map.of());
        routes.values().forEach(route -> route.awaitServing(READY_TIMEOUT));
        fixed.awaitServing(READY_TIMEOUT);
        Map<Family, String> leakingPods = FAMILIES.stream()
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
        try (LoadGenerator load = LoadGenerator.start(
                namespace, "load", LOAD_CPU, targets, "--rate=25", "--duration=20m", "--connections=4")) {

            await().atMost(RUN_TIMEOUT).untilAsserted(() -> assertThat(FAMILIES)
                    .allSatisfy(family -> assertThat(outcome(routes.get(family)))
                            .as(family.className())
                            .isNotNull()));

            assertNoLeakFound(fixed, fixedPods);
            LoadAssertions.assertNothingLost(load);
            assertThat(FAMILIES).allSatisfy(family -> assertReplaced(routes.get(family), leakingPods.get(family)));
            assertThat(FAMILIES).allSatisfy(family -> assertReportNamesFilter(cluster, routes.get(family), family));
        }
    }

    private static Route apply(TestNamespace namespace, Family family) {
        return Route.apply(
                namespace,
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

    private static void assertReplaced(Route route, String leakingPod) {
        RemediationRun run = route.runs().getFirst();
        assertThat(run.getSpec().cause().kind()).isEqualTo(RemediationRunSpec.Cause.Kind.Leak);
        assertThat(run.getSpec().podUid()).isEqualTo(leakingPod);
        assertThat(run.getStatus().outcome())
                .as(route.name() + ": " + run.getStatus().message())
                .isEqualTo(RemediationRunStatus.Outcome.Recovered);
        assertThat(run.getStatus().summary()).isNotBlank();
        // The run ends when the pod is terminating; the pod object exists until the drain is over.
        await().atMost(READY_TIMEOUT)
                .untilAsserted(() -> assertThat(route.podUids()).doesNotContain(leakingPod));
    }

    private static void assertNoLeakFound(Route fixed, List<String> pods) {
        assertThat(fixed.runs()).isEmpty();
        assertThat(fixed.podUids()).isEqualTo(pods);
        assertThat(fixed.condition("Healthy")).map(Condition::getStatus).contains("True");
        PodMetrics metrics = PodMetrics.scrape(
                new ApiProxyClient(fixed.namespace().client()),
                fixed.namespace().name(),
                fixed.pods().getFirst().getMetadata().getName());
        assertThat(metrics.sum("proxyroute_ledger_leaks_total")).isZero();
    }

    private static void assertReportNamesFilter(Cluster cluster, Route route, Family family) {
        String reference = route.runs().getFirst().getStatus().reportRef();
        assertThat(reference).isNotBlank();
        ApiProxyClient.Response response = new ApiProxyClient(cluster.client())
                .getFromLoopback(Installation.NAMESPACE, Installation.OPERATOR, Installation.REPORTS_PORT, reference);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains(family.filter());
    }
}
