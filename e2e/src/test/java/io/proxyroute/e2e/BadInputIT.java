package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What only the operator can judge: it says so in a sentence, and what served before goes on serving. */
@ClusterTest(pods = 3)
class BadInputIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @BeforeAll
    static void startBackend(Sandbox sandbox) {
        sandbox.backend("echo", 1);
    }

    @Test
    void aMissingServiceLeavesTheLastGoodConfigurationRunning(Sandbox sandbox) {
        Route route = Route.apply(sandbox, "bad", "routes/echo.yaml", Map.of("name", "bad", "replicas", "1"));
        Route other = Route.apply(sandbox, "other", "routes/echo.yaml", Map.of("name", "other", "replicas", "1"));
        route.awaitServing(LIMIT);
        other.awaitServing(LIMIT);
        try (Load load = Load.start(
                sandbox,
                "load",
                List.of("bad=" + route.url(8080) + "/a", "other=" + other.url(8080) + "/a"),
                "--rate=40",
                "--duration=10m")) {

            route.patch(
                    "{\"spec\":{\"rules\":[{\"name\":\"all\",\"backendRefs\":[{\"name\":\"nowhere\",\"port\":80}]}]}}");

            Condition refs = route.await("ResolvedRefs", "False", LIMIT);
            assertThat(refs.getReason()).isEqualTo("BackendNotFound");
            assertThat(refs.getMessage()).contains("nowhere");
            assertThat(route.await("Programmed", "False", LIMIT).getReason()).isEqualTo("LastGoodServed");
            assertThat(other.condition("ResolvedRefs"))
                    .hasValueSatisfying(
                            condition -> assertThat(condition.getStatus()).isEqualTo("True"));

            route.patch(
                    "{\"spec\":{\"rules\":[{\"name\":\"all\",\"backendRefs\":[{\"name\":\"echo\",\"port\":8080}]}]}}");

            route.await("ResolvedRefs", "True", LIMIT);
            route.awaitServing(LIMIT);
            Traffic.assertNothingLost(load);
        }
    }

    @Test
    void aMissingFilterClassIsNamed(Sandbox sandbox) {
        Route route =
                Route.apply(sandbox, "unfiltered", "routes/echo.yaml", Map.of("name", "unfiltered", "replicas", "1"));
        route.awaitServing(LIMIT);

        route.patch("""
                {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                 "filters":[{"type":"Custom","custom":{"name":"mine","className":"com.example.Absent"}}]}]}}""");

        Condition accepted = route.await("Accepted", "False", LIMIT);
        assertThat(accepted.getReason()).isEqualTo("RefusedByProxy");
        assertThat(accepted.getMessage())
                .startsWith("spec.rules[0].filters[0].custom.className: ")
                .contains("com.example.Absent");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(route.condition("Programmed"))
                .hasValueSatisfying(
                        condition -> assertThat(condition.getReason()).isEqualTo("LastGoodServed")));
        assertThat(new Requests(sandbox.client()).get(route, 8080, "/x").status())
                .isEqualTo(200);
    }
}
