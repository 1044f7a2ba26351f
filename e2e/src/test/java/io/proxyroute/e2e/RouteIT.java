package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import io.proxyroute.testbed.load.LoadReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The basic path: apply a route, send requests. */
@ClusterTest
class RouteIT {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);

    @Test
    void appliedRouteServesRequests(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
        Route route = Route.apply(namespace, "first", "routes/echo.yaml", Map.of("name", "first", "replicas", "1"));

        route.awaitServing(READY_TIMEOUT);

        await().atMost(READY_TIMEOUT).untilAsserted(() -> {
            ApiProxyClient.Response response =
                    new ApiProxyClient(namespace.client()).get(route, 8080, "/any?id=5&size=32");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("aaaaaaaaaaaaaaafbbbbbbbbbbbbbbbg");
        });
        try (LoadGenerator load = LoadGenerator.start(
                namespace, "load", List.of("first=" + route.url(8080) + "/a"), "--rate=50", "--duration=5s")) {
            LoadReport.Summary summary = LoadAssertions.assertNothingLost(load, Duration.ofMinutes(1))
                    .get("first");
            assertThat(summary.ok()).isEqualTo(250);
        }
    }
}
