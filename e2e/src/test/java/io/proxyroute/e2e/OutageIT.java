package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Outages of the operator and of the API server: requests are unaffected, and changes apply afterwards. */
@ClusterTest
@Isolated("takes down the operator and the API server")
class OutageIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    /** Longer than the lease of the operator's leader election. */
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    private static Route route;

    @BeforeAll
    static void serve(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
        route = Route.apply(namespace, "alone", "routes/echo.yaml", Map.of("name", "alone", "replicas", "1"));
        route.awaitServing(TIMEOUT);
    }

    @Test
    void requestsSurviveKilledOperator(TestNamespace namespace) {
        assertUnaffected("while-killed", () -> {
            kill(namespace.client());
            applyAndVerifyHeader("killed");
        });
    }

    @Test
    void requestsSurviveHungApiServer(Cluster cluster) {
        assertUnaffected("while-hung", () -> {
            boolean suspended = cluster.runWithApiServerSuspended(() ->
                    await().pollDelay(OUTAGE).atMost(OUTAGE.multipliedBy(2)).until(() -> true));
            assumeThat(suspended).as("the API server can be suspended").isTrue();
            applyAndVerifyHeader("hung");
        });
    }

    /** Runs an action under load, and asserts that no request and no pod is lost. */
    private static void assertUnaffected(String name, Runnable outage) {
        List<String> pods = route.podUids();
        try (LoadGenerator load = LoadGenerator.start(
                route.namespace(), name, List.of("alone=" + route.url(8080) + "/a"), "--rate=50", "--duration=15m")) {

            outage.run();

            LoadAssertions.assertNothingLost(load);
        }
        assertThat(route.podUids()).isEqualTo(pods);
        assertThat(route.pods()).allSatisfy(OutageIT::assertNeverRestarted);
    }

    private static void applyAndVerifyHeader(String value) {
        route.patch("""
                {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                 "filters":[{"type":"ResponseHeaderModifier",
                 "responseHeaderModifier":{"set":[{"name":"x-changed","value":"%s"}]}}]}]}}""".formatted(value));
        route.awaitServing(TIMEOUT);
        assertThat(new ApiProxyClient(route.namespace().client())
                        .get(route, 8080, "/x")
                        .headers())
                .containsEntry("x-changed", List.of(value));
    }

    private static void kill(KubernetesClient client) {
        client.pods()
                .inNamespace(Installation.NAMESPACE)
                .withLabel("app.kubernetes.io/name", Installation.OPERATOR)
                .withGracePeriod(0)
                .delete();
    }

    private static void assertNeverRestarted(Pod pod) {
        assertThat(pod.getStatus().getContainerStatuses())
                .allSatisfy(container -> assertThat(container.getRestartCount()).isZero());
    }
}
