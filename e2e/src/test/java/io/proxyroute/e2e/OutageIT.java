package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator or its API server is away while routes serve: no request notices, and what was changed is done after. */
@ClusterTest
@Isolated("operator and API server are away for a while")
class OutageIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** Longer than the operator's lease. */
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    private static Route route;

    @BeforeAll
    static void serve(Sandbox sandbox) {
        sandbox.backend("echo", 1);
        route = Route.apply(sandbox, "alone", "routes/echo.yaml", Map.of("name", "alone", "replicas", "1"));
        route.awaitServing(LIMIT);
    }

    @Test
    void aKilledOperatorIsNotMissed(Sandbox sandbox) {
        unnoticed("while-killed", () -> {
            kill(sandbox.client());
            changeTo("killed");
        });
    }

    @Test
    void anApiServerThatHangsIsNotMissed(Cluster cluster) {
        unnoticed("while-hung", () -> {
            boolean done = cluster.withoutApiServer(() ->
                    await().pollDelay(OUTAGE).atMost(OUTAGE.multipliedBy(2)).until(() -> true));
            assumeThat(done).as("the API server can be held still").isTrue();
            changeTo("hung");
        });
    }

    /** Something happens under load, and no request and no pod is lost. */
    private static void unnoticed(String name, Runnable event) {
        List<String> pods = route.podUids();
        try (Load load = Load.start(
                route.sandbox(), name, List.of("alone=" + route.url(8080) + "/a"), "--rate=50", "--duration=15m")) {

            event.run();

            Traffic.assertNothingLost(load);
        }
        assertThat(route.podUids()).isEqualTo(pods);
        assertThat(route.pods()).allSatisfy(OutageIT::assertNeverRestarted);
    }

    private static void changeTo(String value) {
        route.patch("""
                {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                 "filters":[{"type":"ResponseHeaderModifier",
                 "responseHeaderModifier":{"set":[{"name":"x-changed","value":"%s"}]}}]}]}}""".formatted(value));
        route.awaitServing(LIMIT);
        assertThat(new Requests(route.sandbox().client()).get(route, 8080, "/x").headers())
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
