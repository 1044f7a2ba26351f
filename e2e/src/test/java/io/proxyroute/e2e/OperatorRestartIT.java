package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The operator is killed while routes serve: nobody notices, and what was changed meanwhile is done afterwards. */
@ClusterTest
@ResourceLock(value = ClusterTest.OPERATOR, mode = ResourceAccessMode.READ_WRITE)
class OperatorRestartIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void aKilledOperatorIsNotMissed(Sandbox sandbox) {
        sandbox.backend("echo", 1);
        Route route = Route.apply(sandbox, "alone", "routes/echo.yaml", Map.of("name", "alone", "replicas", "1"));
        route.awaitServing(LIMIT);
        List<String> pods = route.podUids();
        try (Load load = Load.start(
                sandbox, "load", List.of("alone=" + route.url(8080) + "/a"), "--rate=50", "--duration=15m")) {

            kill(sandbox.client());
            route.patch("""
                    {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                     "filters":[{"type":"ResponseHeaderModifier",
                     "responseHeaderModifier":{"set":[{"name":"x-changed","value":"yes"}]}}]}]}}""");

            route.awaitServing(LIMIT);
            assertThat(new Requests(sandbox.client()).get(route, 8080, "/x").headers())
                    .containsEntry("x-changed", List.of("yes"));
            load.stop();
            assertThat(load.losses()).isEmpty();
            assertThat(route.podUids()).isEqualTo(pods);
        }
    }

    private static void kill(KubernetesClient client) {
        client.pods()
                .inNamespace(Installation.NAMESPACE)
                .withLabel("app.kubernetes.io/name", Installation.OPERATOR)
                .withGracePeriod(0)
                .delete();
    }
}
