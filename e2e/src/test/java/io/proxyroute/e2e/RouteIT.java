package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import io.proxyroute.testbed.load.LoadLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The thread through everything: a route is applied, and requests are answered. */
@ClusterTest
class RouteIT {

    private static final Duration READY = Duration.ofMinutes(2);

    @Test
    void anAppliedRouteAnswersRequests(Sandbox sandbox) {
        sandbox.backend("echo", 1);
        Route route = Route.apply(sandbox, "first", "routes/echo.yaml", Map.of("name", "first", "replicas", "1"));

        route.awaitServing(READY);

        await().atMost(READY).untilAsserted(() -> {
            Requests.Answer answer = new Requests(sandbox.client()).get(route, 8080, "/any?id=5&size=32");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("aaaaaaaaaaaaaaafbbbbbbbbbbbbbbbg");
        });
        try (Load load =
                Load.start(sandbox, "load", List.of("first=" + route.url(8080) + "/a"), "--rate=50", "--duration=5s")) {
            LoadLine.Summary summary =
                    Traffic.assertNothingLost(load, Duration.ofMinutes(1)).get("first");
            assertThat(summary.ok()).isEqualTo(250);
        }
    }
}
