package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.LoadGenerator;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Evictions and rollouts under constant load. */
@ClusterTest(pods = 4)
class DisruptionIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @Test
    void evictionAndRolloutLoseNoRequest(TestNamespace namespace, Cluster cluster) {
        namespace.startBackend("echo", 2);
        Route route = Route.apply(namespace, "calm", "routes/paced.yaml", Map.of("name", "calm"));
        route.awaitServing(TIMEOUT);
        // The condition Available requires only one ready pod.
        awaitTwoReadyPods(route, List.of());
        List<String> first = route.podUids();
        try (LoadGenerator load = LoadGenerator.start(
                namespace,
                "load",
                List.of("calm=" + route.url(8080) + "/a"),
                "--rate=100",
                "--duration=15m",
                "--requests-per-connection=200")) {

            Pod evicted = route.pods().getFirst();
            evict(route, evicted);
            awaitTwoReadyPods(route, List.of(evicted.getMetadata().getUid()));
            cluster.kubectl("rollout", "restart", "deployment/calm-proxy", "-n", namespace.name());
            awaitTwoReadyPods(route, first);
            cluster.kubectl("rollout", "restart", "deployment/echo", "-n", namespace.name());
            cluster.kubectl("rollout", "status", "deployment/echo", "-n", namespace.name(), "--timeout=120s");

            LoadAssertions.assertNothingLost(load);
        }
    }

    private static void evict(Route route, Pod pod) {
        // The PodDisruptionBudget may refuse the eviction at first.
        await().atMost(TIMEOUT).until(() -> route.namespace()
                .client()
                .pods()
                .inNamespace(route.namespace().name())
                .withName(pod.getMetadata().getName())
                .evict());
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(route.podUids())
                .doesNotContain(pod.getMetadata().getUid()));
    }

    /** Waits until the route has exactly two pods, both ready and neither of them among the given ones. */
    private static void awaitTwoReadyPods(Route route, List<String> replaced) {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(route.podUids()).hasSize(2).noneMatch(replaced::contains);
            assertThat(route.get().getStatus().readyReplicas()).isEqualTo(2);
        });
    }
}
