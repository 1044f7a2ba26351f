package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.proxyroute.api.v1alpha1.ProxyRouteStatus;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.PodMetrics;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Autoscaling and pool tuning. The operator never writes the spec. */
@ClusterTest(pods = 4)
class AdaptationIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @BeforeAll
    static void startBackend(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
    }

    @Test
    void scalesPodsWithConnections(TestNamespace namespace) {
        Route route = Route.apply(namespace, "scaled", "routes/scaled.yaml", Map.of());
        route.awaitServing(TIMEOUT);
        List<String> target = List.of("scaled=" + route.url(8080) + "/a");
        try (LoadGenerator few =
                LoadGenerator.start(namespace, "few", target, "--rate=20", "--duration=15m", "--connections=5")) {
            try (LoadGenerator many =
                    LoadGenerator.start(namespace, "many", target, "--rate=40", "--duration=15m", "--connections=20")) {
                awaitReplicas(route, 3);
                LoadAssertions.assertNothingLost(many);
            }
            awaitReplicas(route, 1);
            LoadAssertions.assertNothingLost(few);
        }
        assertThat(route.get().getSpec().proxy().replicas()).isNull();
    }

    @Test
    void tunesPoolToMeasuredConcurrency(TestNamespace namespace) {
        Route route = Route.apply(namespace, "tuned", "routes/tuned.yaml", Map.of());
        route.awaitServing(TIMEOUT);
        List<String> pods = route.podUids();
        try (LoadGenerator load = LoadGenerator.start(
                namespace,
                "busy",
                List.of("tuned=" + route.url(8080) + "/a?delay=100"),
                "--rate=35",
                "--duration=15m")) {

            await().atMost(TIMEOUT).untilAsserted(() -> {
                ProxyRouteStatus.Tuning tuning = route.get().getStatus().tuning();
                assertThat(tuning).isNotNull();
                assertThat(tuning.recommended()).isNotNull();
                assertThat(tuning.recommended().maxConnectionsPerBackend()).isGreaterThan(4);
                assertThat(tuning.effective()).isNull();
                assertThat(tuning.reason()).contains("connections");
            });
            assertThat(poolLimit(route)).isEqualTo(4);

            route.patch("{\"spec\":{\"tuning\":{\"mode\":\"Auto\"}}}");

            await().atMost(TIMEOUT).untilAsserted(() -> {
                ProxyRouteStatus.Tuning tuning = route.get().getStatus().tuning();
                assertThat(tuning.effective()).isNotNull();
                assertThat(tuning.effective().maxConnectionsPerBackend()).isBetween(5, 20);
                assertThat(poolLimit(route))
                        .isEqualTo((double) tuning.effective().maxConnectionsPerBackend());
            });
            LoadAssertions.assertNothingLost(load);
        }
        assertThat(route.get().getSpec().connectionPool().maxConnectionsPerBackend())
                .isEqualTo(4);
        assertThat(route.podUids()).isEqualTo(pods);
    }

    /** Scales the way an autoscaler does, through the scale subresource of the Deployment. */
    @Test
    void leavesReplicasToExternalScalerUntilDisabled(TestNamespace namespace, Cluster cluster) {
        Route route = Route.apply(namespace, "external", "routes/external.yaml", Map.of());
        route.awaitServing(TIMEOUT);
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(managersOfReplicas(route))
                .as("managers of replicas after the handover")
                .containsExactly("proxyroute-handover"));
        assertThat(deployment(route).getSpec().getReplicas()).isEqualTo(1);

        cluster.kubectl("scale", "deployment", "external-proxy", "--replicas=2", "-n", namespace.name());
        awaitReplicas(route, 2);
        route.patch("{\"spec\":{\"proxy\":{\"podMetadata\":{\"annotations\":{\"example.com/changed\":\"yes\"}}}}}");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(
                        deployment(route).getSpec().getTemplate().getMetadata().getAnnotations())
                .containsKey("example.com/changed"));
        assertThat(deployment(route).getSpec().getReplicas())
                .as("replicas after the Deployment was reapplied")
                .isEqualTo(2);
        assertThat(managersOfReplicas(route)).doesNotContain("proxyroute-scaler", "proxyroute-operator");

        route.patch("{\"spec\":{\"autoscaling\":{\"mode\":\"Disabled\"},\"proxy\":{\"replicas\":1}}}");
        awaitReplicas(route, 1);
        assertThat(managersOfReplicas(route)).containsExactly("proxyroute-scaler");
    }

    private static Deployment deployment(Route route) {
        return route.namespace()
                .client()
                .apps()
                .deployments()
                .inNamespace(route.namespace().name())
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
        return PodMetrics.scrape(
                        new ApiProxyClient(route.namespace().client()),
                        route.namespace().name(),
                        pod)
                .sum("proxyroute_pool_max_per_endpoint");
    }

    private static void awaitReplicas(Route route, int desired) {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(route.pods()).hasSize(desired);
            assertThat(route.get().getStatus().readyReplicas()).isEqualTo(desired);
        });
    }
}
