package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Specs that only the operator can reject: it reports the error, and the last good configuration keeps serving. */
@ClusterTest(pods = 5)
class BadInputIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @BeforeAll
    static void startBackend(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
    }

    @Test
    void servesOtherRulesWhenServiceIsMissing(TestNamespace namespace) {
        Route route = Route.apply(namespace, "bad", "routes/echo.yaml", Map.of("name", "bad", "replicas", "1"));
        Route other = Route.apply(namespace, "other", "routes/echo.yaml", Map.of("name", "other", "replicas", "1"));
        route.awaitServing(TIMEOUT);
        other.awaitServing(TIMEOUT);
        try (LoadGenerator load = LoadGenerator.start(
                namespace,
                "load",
                List.of("bad=" + route.url(8080) + "/good/a", "other=" + other.url(8080) + "/a"),
                "--rate=40",
                "--duration=10m")) {

            route.patch("""
                    {"spec":{"rules":[
                     {"name":"good","matches":[{"path":{"value":"/good"}}],"backendRefs":[{"name":"echo","port":8080}]},
                     {"name":"bad","backendRefs":[{"name":"nowhere","port":80}]}]}}""");

            Condition refs = route.await("ResolvedRefs", "False", TIMEOUT);
            assertThat(refs.getReason()).isEqualTo("BackendNotFound");
            assertThat(refs.getMessage()).contains("nowhere");
            route.awaitServing(TIMEOUT);
            assertThat(other.condition("ResolvedRefs"))
                    .hasValueSatisfying(
                            condition -> assertThat(condition.getStatus()).isEqualTo("True"));

            route.patch(
                    "{\"spec\":{\"rules\":[{\"name\":\"all\",\"backendRefs\":[{\"name\":\"echo\",\"port\":8080}]}]}}");

            route.await("ResolvedRefs", "True", TIMEOUT);
            route.awaitServing(TIMEOUT);
            LoadAssertions.assertNothingLost(load);
        }
    }

    @Test
    void reportsMissingFilterClassWithItsPath(TestNamespace namespace) {
        Route route =
                Route.apply(namespace, "unfiltered", "routes/echo.yaml", Map.of("name", "unfiltered", "replicas", "1"));
        route.awaitServing(TIMEOUT);

        route.patch("""
                {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                 "filters":[{"type":"Custom","custom":{"name":"mine","className":"com.example.Absent"}}]}]}}""");

        Condition accepted = route.await("Accepted", "False", TIMEOUT);
        assertThat(accepted.getReason()).isEqualTo("RejectedByProxy");
        assertThat(accepted.getMessage())
                .startsWith("spec.rules[0].filters[0].custom.className: ")
                .contains("com.example.Absent");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(route.condition("Programmed"))
                .hasValueSatisfying(
                        condition -> assertThat(condition.getReason()).isEqualTo("LastValidServed")));
        assertThat(new ApiProxyClient(namespace.client()).get(route, 8080, "/x").status())
                .isEqualTo(200);
    }

    @Test
    void reportsImageThatDoesNotExist(TestNamespace namespace) {
        Route route =
                Route.apply(namespace, "unpulled", "routes/echo.yaml", Map.of("name", "unpulled", "replicas", "1"));
        route.awaitServing(TIMEOUT);

        route.patch("{\"spec\":{\"proxy\":{\"image\":\"proxyroute.local/none:1\"}}}");

        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(route.condition("Programmed")).hasValueSatisfying(condition -> {
                    assertThat(condition.getReason()).isEqualTo("RolloutStuck");
                    assertThat(condition.getMessage()).contains("is in ", "proxyroute.local/none:1");
                }));
        assertThat(route.await("Ready", "False", TIMEOUT).getReason()).isEqualTo("RolloutStuck");
        assertThat(route.await("Reconciling", "True", TIMEOUT).getReason()).isEqualTo("RolloutStuck");
        assertThat(route.await("Available", "True", TIMEOUT).getReason()).isEqualTo("Available");
        assertThat(new ApiProxyClient(namespace.client()).get(route, 8080, "/x").status())
                .isEqualTo(200);

        route.patch("{\"spec\":{\"proxy\":{\"image\":null}}}");

        route.await("Ready", "True", TIMEOUT);
        assertThat(route.condition("Reconciling")).isEmpty();
    }
}
