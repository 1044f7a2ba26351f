package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A route from creation to deletion. */
@ClusterTest(pods = 2)
class LifecycleIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @BeforeAll
    static void startBackend(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
    }

    @Test
    void specChangesNeverReplacePods(TestNamespace namespace, Cluster cluster) {
        Route route = Route.apply(namespace, "steady", "routes/echo.yaml", Map.of("name", "steady", "replicas", "1"));
        route.awaitServing(TIMEOUT);
        List<String> first = route.podUids();

        route.patch("{\"spec\":{\"connectionPool\":{\"maxConnectionsPerBackend\":7,\"keepAlive\":\"11s\"}}}");
        route.awaitServing(TIMEOUT);
        route.patch("{\"spec\":{\"timeouts\":{\"request\":\"8s\",\"backendRequest\":\"7s\"}}}");
        route.awaitServing(TIMEOUT);
        route.patch("{\"spec\":{\"listeners\":[{\"name\":\"http\",\"port\":8080},{\"name\":\"more\",\"port\":8081}]}}");
        route.awaitServing(TIMEOUT);
        assertResponds(route, 8080);
        assertResponds(route, 8081);
        assertThat(objectsOf(route, cluster)).contains("networkpolicy.networking.k8s.io/steady-proxy");
        route.patch("{\"spec\":{\"proxy\":{\"networkPolicy\":{\"enabled\":false}}}}");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(objectsOf(route, cluster))
                .contains("deployment.apps/steady-proxy")
                .doesNotContain("networkpolicy.networking.k8s.io/steady-proxy"));
        assertThat(route.podUids()).isEqualTo(first);

        cluster.kubectl("scale", "pxr", "steady", "--replicas=2", "-n", namespace.name());
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(readyReplicas(route)).isEqualTo(2));
        assertThat(route.podUids()).containsAll(first);
        assertThat(route.pods()).allSatisfy(LifecycleIT::assertNeverRestarted);
    }

    @Test
    void podsMeetRestrictedSecurityStandard(TestNamespace namespace) {
        Route route = Route.apply(namespace, "locked", "routes/echo.yaml", Map.of("name", "locked", "replicas", "1"));
        route.awaitServing(TIMEOUT);

        assertThat(route.pods()).singleElement().satisfies(pod -> {
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.getSpec().getContainers()).allSatisfy(container -> {
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
            });
        });
    }

    @Test
    void deletingRouteRemovesAllItsObjects(TestNamespace namespace, Cluster cluster) {
        Route route = Route.apply(namespace, "gone", "routes/echo.yaml", Map.of("name", "gone", "replicas", "1"));
        route.awaitServing(TIMEOUT);
        assertThat(objectsOf(route, cluster))
                .contains(
                        "deployment.apps/gone-proxy",
                        "service/gone-proxy",
                        "serviceaccount/gone-proxy",
                        "poddisruptionbudget.policy/gone-proxy",
                        "networkpolicy.networking.k8s.io/gone-proxy",
                        "configmap/gone-proxy-config",
                        "secret/gone-proxy-tls")
                .anySatisfy(object -> assertThat(object).startsWith("pod/gone-proxy-"));

        route.delete();

        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(route.get()).isNull();
            assertThat(objectsOf(route, cluster)).isEmpty();
        });
    }

    /** All objects with the route's label, as kind/name. */
    private static List<String> objectsOf(Route route, Cluster cluster) {
        String kinds = cluster.kubectl("api-resources", "--namespaced", "--verbs=list,delete", "-o", "name")
                .lines()
                .filter(kind ->
                        !kind.endsWith(".gateway.networking.k8s.io")) // CrossNamespaceIT creates and deletes this kind
                .collect(Collectors.joining(","));
        return cluster.kubectl(
                        "get",
                        kinds,
                        "-l",
                        "proxyroute.io/route=" + route.name(),
                        "-o",
                        "name",
                        "-n",
                        route.namespace().name())
                .lines()
                .toList();
    }

    private static void assertResponds(Route route, int port) {
        await().atMost(TIMEOUT).ignoreExceptions().untilAsserted(() -> assertThat(
                        new ApiProxyClient(route.namespace().client())
                                .get(route, port, "/x")
                                .status())
                .isEqualTo(200));
    }

    private static Integer readyReplicas(Route route) {
        return route.get().getStatus().readyReplicas();
    }

    private static void assertNeverRestarted(Pod pod) {
        assertThat(pod.getStatus().getContainerStatuses())
                .allSatisfy(container -> assertThat(container.getRestartCount()).isZero());
    }
}
