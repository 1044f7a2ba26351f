package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.Load;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pods come and go under constant load, and no request is lost. */
@ClusterTest(pods = 4)
class DisruptionIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void rollingAndEvictionLoseNoRequest(Sandbox sandbox, Cluster cluster) {
        sandbox.backend("echo", 2);
        Route route = Route.apply(sandbox, "calm", "routes/paced.yaml", Map.of("name", "calm"));
        route.awaitServing(LIMIT);
        // Available says that one of them is.
        awaitReady(route, List.of());
        List<String> first = route.podUids();
        try (Load load = Load.start(
                sandbox,
                "load",
                List.of("calm=" + route.url(8080) + "/a"),
                "--rate=100",
                "--duration=15m",
                "--requests-per-connection=200")) {

            Pod evicted = route.pods().getFirst();
            evict(route, evicted);
            awaitReady(route, List.of(evicted.getMetadata().getUid()));
            cluster.kubectl("rollout", "restart", "deployment/calm-proxy", "-n", sandbox.namespace());
            awaitReady(route, first);
            cluster.kubectl("rollout", "restart", "deployment/echo", "-n", sandbox.namespace());
            cluster.kubectl("rollout", "status", "deployment/echo", "-n", sandbox.namespace(), "--timeout=120s");

            Traffic.assertNothingLost(load);
        }
    }

    private static void evict(Route route, Pod pod) {
        // The budget may refuse it for a while.
        await().atMost(LIMIT).until(() -> route.sandbox()
                .client()
                .pods()
                .inNamespace(route.sandbox().namespace())
                .withName(pod.getMetadata().getName())
                .evict());
        await().atMost(LIMIT).untilAsserted(() -> assertThat(route.podUids())
                .doesNotContain(pod.getMetadata().getUid()));
    }

    /** Two ready pods, none of them among those given, and none that ends. */
    private static void awaitReady(Route route, List<String> without) {
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(route.podUids()).hasSize(2).noneMatch(without::contains);
            assertThat(route.get().getStatus().readyReplicas()).isEqualTo(2);
        });
    }
}
