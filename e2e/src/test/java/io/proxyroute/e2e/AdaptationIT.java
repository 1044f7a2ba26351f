package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The number of pods follows their connections, and the pool follows what is measured; the spec is never written. */
@ClusterTest(pods = 4)
class AdaptationIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    @BeforeAll
    static void startBackend(Sandbox sandbox) {
        sandbox.backend("echo", 1);
    }

    @Test
    void podsFollowConnections(Sandbox sandbox) {
        Route route = Route.apply(sandbox, "scaled", "routes/scaled.yaml", Map.of());
        route.awaitServing(LIMIT);
        List<String> target = List.of("scaled=" + route.url(8080) + "/a");
        try (Load few = Load.start(sandbox, "few", target, "--rate=20", "--duration=15m", "--connections=5")) {
            try (Load many = Load.start(sandbox, "many", target, "--rate=40", "--duration=15m", "--connections=20")) {
                awaitReplicas(route, 3);
                Traffic.assertNothingLost(many);
            }
            awaitReplicas(route, 1);
            Traffic.assertNothingLost(few);
        }
        assertThat(route.get().getSpec().proxy().replicas()).isNull();
    }

    @Test
    void thePoolFollowsTheMeasuredConcurrency(Sandbox sandbox) {
        Route route = Route.apply(sandbox, "tuned", "routes/tuned.yaml", Map.of());
        route.awaitServing(LIMIT);
        List<String> pods = route.podUids();
        try (Load load = Load.start(
                sandbox, "busy", List.of("tuned=" + route.url(8080) + "/a?delay=100"), "--rate=35", "--duration=15m")) {

            await().atMost(LIMIT).untilAsserted(() -> {
                ProxyRouteStatus.Tuning tuning = route.get().getStatus().tuning();
                assertThat(tuning).isNotNull();
                assertThat(tuning.recommended()).isNotNull();
                assertThat(tuning.recommended().maxConnectionsPerBackend()).isGreaterThan(4);
                assertThat(tuning.effective()).isNull();
                assertThat(tuning.reason()).contains("connections");
            });
            assertThat(poolLimit(route)).isEqualTo(4);

            route.patch("{\"spec\":{\"tuning\":{\"mode\":\"Auto\"}}}");

            await().atMost(LIMIT).untilAsserted(() -> {
                ProxyRouteStatus.Tuning tuning = route.get().getStatus().tuning();
                assertThat(tuning.effective()).isNotNull();
                assertThat(tuning.effective().maxConnectionsPerBackend()).isBetween(5, 20);
                assertThat(poolLimit(route))
                        .isEqualTo((double) tuning.effective().maxConnectionsPerBackend());
            });
            Traffic.assertNothingLost(load);
        }
        assertThat(route.get().getSpec().connectionPool().maxConnectionsPerBackend())
                .isEqualTo(4);
        assertThat(route.podUids()).isEqualTo(pods);
    }

    /** As an autoscaler does it: through the scale subresource of the Deployment. */
    @Test
    void anotherScalerKeepsItsNumberUntilTheRouteTakesItBack(Sandbox sandbox, Cluster cluster) {
        Route route = Route.apply(sandbox, "external", "routes/external.yaml", Map.of());
        route.awaitServing(LIMIT);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(managersOfReplicas(route))
                .as("given away, at its number")
                .containsExactly("proxyroute-handover"));
        assertThat(deployment(route).getSpec().getReplicas()).isEqualTo(1);

        cluster.kubectl("scale", "deployment", "external-proxy", "--replicas=2", "-n", sandbox.namespace());
        awaitReplicas(route, 2);
        route.patch("{\"spec\":{\"proxy\":{\"podMetadata\":{\"annotations\":{\"example.com/changed\":\"yes\"}}}}}");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        deployment(route).getSpec().getTemplate().getMetadata().getAnnotations())
                .containsKey("example.com/changed"));
        assertThat(deployment(route).getSpec().getReplicas())
                .as("after the Deployment was applied anew")
                .isEqualTo(2);
        assertThat(managersOfReplicas(route)).doesNotContain("proxyroute-scaler", "proxyroute-operator");

        route.patch("{\"spec\":{\"autoscaling\":{\"mode\":\"Disabled\"},\"proxy\":{\"replicas\":1}}}");
        awaitReplicas(route, 1);
        assertThat(managersOfReplicas(route)).containsExactly("proxyroute-scaler");
    }

    private static Deployment deployment(Route route) {
        return route.sandbox()
                .client()
                .apps()
                .deployments()
                .inNamespace(route.sandbox().namespace())
                .withName(route.name() + "-proxy")
                .get();
    }

    private static List<String> managersOfReplicas(Route route) {
        return deployment(route).getMetadata().getManagedFields().stream()
                .filter(entry -> entry.getFieldsV1().getAdditionalProperties().get("f:spec") instanceof Map<?, ?> spec
                        && spec.containsKey("f:replicas"))
                .map(ManagedFieldsEntry::getManager)
                .toList();
    }

    private static double poolLimit(Route route) {
        String pod = route.pods().getFirst().getMetadata().getName();
        return PodMetrics.of(
                        new Requests(route.sandbox().client()), route.sandbox().namespace(), pod)
                .sum("proxyroute_pool_max_per_endpoint");
    }

    private static void awaitReplicas(Route route, int wanted) {
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(route.pods()).hasSize(wanted);
            assertThat(route.get().getStatus().readyReplicas()).isEqualTo(wanted);
        });
    }
}
