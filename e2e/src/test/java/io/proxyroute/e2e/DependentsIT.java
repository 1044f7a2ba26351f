package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The objects that the operator creates for a route. */
@ClusterTest(pods = 2)
class DependentsIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @BeforeAll
    static void startBackend(TestNamespace namespace) {
        namespace.startBackend("echo", 1);
    }

    @Test
    void restoresDeletedAndChangedObjects(TestNamespace namespace) {
        Route route = Route.apply(namespace, "robbed", "routes/echo.yaml", Map.of("name", "robbed", "replicas", "1"));
        route.awaitServing(TIMEOUT);
        List<String> pods = route.podUids();
        Resource<Service> service = service(namespace, "robbed-proxy");
        Resource<ConfigMap> config =
                namespace.client().configMaps().inNamespace(namespace.name()).withName("robbed-proxy-config");
        Resource<PodDisruptionBudget> budget = namespace
                .client()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace.name())
                .withName("robbed-proxy");
        Resource<ServiceAccount> account = namespace
                .client()
                .serviceAccounts()
                .inNamespace(namespace.name())
                .withName("robbed-proxy");

        String configBefore = uid(config);
        List<Resource<? extends HasMetadata>> others = List.of(service, budget);
        List<String> before = others.stream().map(DependentsIT::uid).toList();
        config.delete();
        others.forEach(Resource::delete);
        account.edit(found -> new ServiceAccountBuilder(found)
                .withAutomountServiceAccountToken(true)
                .build());

        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(uid(config)).isNotNull().isNotEqualTo(configBefore);
            assertThat(others.stream().map(DependentsIT::uid))
                    .doesNotContainNull()
                    .doesNotContainAnyElementsOf(before);
            assertThat(account.get().getAutomountServiceAccountToken()).isFalse();
        });
        route.patch("""
                {"spec":{"rules":[{"name":"all","backendRefs":[{"name":"echo","port":8080}],
                 "filters":[{"type":"ResponseHeaderModifier",
                 "responseHeaderModifier":{"set":[{"name":"x-changed","value":"yes"}]}}]}]}}""");
        await().atMost(TIMEOUT).ignoreExceptions().untilAsserted(() -> assertThat(new ApiProxyClient(namespace.client())
                        .get(route, 8080, "/x")
                        .headers())
                .as("response header set by the new configuration")
                .containsEntry("x-changed", List.of("yes")));
        assertThat(route.podUids()).isEqualTo(pods);
    }

    @Test
    void leavesForeignServiceOfSameNameUntouched(TestNamespace namespace) {
        namespace.applyYaml("""
                apiVersion: v1
                kind: Service
                metadata: {name: taken-proxy}
                spec:
                  selector: {app: mine}
                  ports: [{port: 1234}]
                """);
        String foreignUid = uid(service(namespace, "taken-proxy"));

        Route route = Route.apply(namespace, "taken", "routes/echo.yaml", Map.of("name", "taken", "replicas", "0"));

        Condition accepted = route.await("Accepted", "False", TIMEOUT);
        assertThat(accepted.getReason()).isEqualTo("NameConflict");
        assertThat(accepted.getMessage()).contains("Service " + namespace.name() + "/taken-proxy");
        KubernetesClient client = namespace.client();
        var deployment =
                client.apps().deployments().inNamespace(namespace.name()).withName("taken-proxy");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(deployment.get())
                .as("Deployment of the route")
                .isNotNull());

        route.delete();
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(deployment.get())
                .as("Deployment after garbage collection")
                .isNull());

        Service service = service(namespace, "taken-proxy").get();
        assertThat(service.getMetadata().getUid()).isEqualTo(foreignUid);
        assertThat(service.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> assertThat(port.getPort())
                .isEqualTo(1234));
    }

    @Test
    void reportsApiServerErrorAndKeepsServing(TestNamespace namespace) {
        Route route = Route.apply(namespace, "refused", "routes/echo.yaml", Map.of("name", "refused", "replicas", "1"));
        route.awaitServing(TIMEOUT);

        route.patch("{\"spec\":{\"proxy\":{\"nodeSelector\":{\"not a label\":\"x\"}}}}");

        Condition accepted = route.await("Accepted", "False", TIMEOUT);
        assertThat(accepted.getReason()).isEqualTo("RejectedByApiServer");
        assertThat(accepted.getMessage()).contains("Deployment", "not a label");
        assertThat(new ApiProxyClient(namespace.client()).get(route, 8080, "/x").status())
                .isEqualTo(200);

        route.patch("{\"spec\":{\"proxy\":{\"nodeSelector\":null}}}");
        route.await("Accepted", "True", TIMEOUT);
    }

    private static Resource<Service> service(TestNamespace namespace, String name) {
        return namespace.client().services().inNamespace(namespace.name()).withName(name);
    }

    /** Null if the object does not exist. */
    private static String uid(Resource<? extends HasMetadata> resource) {
        HasMetadata found = resource.get();
        return found == null ? null : found.getMetadata().getUid();
    }
}
