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
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a route is made of: put back when somebody takes it, left alone when it is somebody else's, told when refused. */
@ClusterTest(pods = 2)
class DependentsIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @BeforeAll
    static void startBackend(Sandbox sandbox) {
        sandbox.backend("echo", 1);
    }

    @Test
    void whatSomebodyDeletesOrChangesIsPutBack(Sandbox sandbox) {
        Route route = Route.apply(sandbox, "robbed", "routes/echo.yaml", Map.of("name", "robbed", "replicas", "1"));
        route.awaitServing(LIMIT);
        List<String> pods = route.podUids();
        Resource<Service> service = service(sandbox, "robbed-proxy");
        Resource<ConfigMap> config =
                sandbox.client().configMaps().inNamespace(sandbox.namespace()).withName("robbed-proxy-config");
        Resource<PodDisruptionBudget> budget = sandbox.client()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(sandbox.namespace())
                .withName("robbed-proxy");
        Resource<ServiceAccount> account = sandbox.client()
                .serviceAccounts()
                .inNamespace(sandbox.namespace())
                .withName("robbed-proxy");

        String configBefore = uid(config);
        List<Resource<? extends HasMetadata>> others = List.of(service, budget);
        List<String> before = others.stream().map(DependentsIT::uid).toList();
        config.delete();
        others.forEach(Resource::delete);
        account.edit(found -> new ServiceAccountBuilder(found)
                .withAutomountServiceAccountToken(true)
                .build());

        await().atMost(LIMIT).untilAsserted(() -> {
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
        await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(
                        new Requests(sandbox.client()).get(route, 8080, "/x").headers())
                .as("configuration still reaches the pods")
                .containsEntry("x-changed", List.of("yes")));
        assertThat(route.podUids()).isEqualTo(pods);
    }

    @Test
    void aServiceOfSomebodyElseIsNeitherChangedNorDeleted(Sandbox sandbox) {
        sandbox.applyText("""
                apiVersion: v1
                kind: Service
                metadata: {name: taken-proxy}
                spec:
                  selector: {app: mine}
                  ports: [{port: 1234}]
                """);
        String theirs = uid(service(sandbox, "taken-proxy"));

        Route route = Route.apply(sandbox, "taken", "routes/echo.yaml", Map.of("name", "taken", "replicas", "0"));

        Condition accepted = route.await("Accepted", "False", LIMIT);
        assertThat(accepted.getReason()).isEqualTo("NameTaken");
        assertThat(accepted.getMessage()).contains("Service " + sandbox.namespace() + "/taken-proxy");
        KubernetesClient client = sandbox.client();
        var deployment =
                client.apps().deployments().inNamespace(sandbox.namespace()).withName("taken-proxy");
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(deployment.get()).as("the rest is there").isNotNull());

        route.delete();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(deployment.get())
                .as("what the garbage collector takes")
                .isNull());

        Service service = service(sandbox, "taken-proxy").get();
        assertThat(service.getMetadata().getUid()).isEqualTo(theirs);
        assertThat(service.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> assertThat(port.getPort())
                .isEqualTo(1234));
    }

    @Test
    void whatTheApiServerRefusesIsToldInItsWordsAndTheOldGoesOn(Sandbox sandbox) {
        Route route = Route.apply(sandbox, "refused", "routes/echo.yaml", Map.of("name", "refused", "replicas", "1"));
        route.awaitServing(LIMIT);

        route.patch("{\"spec\":{\"proxy\":{\"nodeSelector\":{\"not a label\":\"x\"}}}}");

        Condition accepted = route.await("Accepted", "False", LIMIT);
        assertThat(accepted.getReason()).isEqualTo("RefusedByApiServer");
        assertThat(accepted.getMessage()).contains("Deployment", "not a label");
        assertThat(new Requests(sandbox.client()).get(route, 8080, "/x").status())
                .isEqualTo(200);

        route.patch("{\"spec\":{\"proxy\":{\"nodeSelector\":null}}}");
        route.await("Accepted", "True", LIMIT);
    }

    private static Resource<Service> service(Sandbox sandbox, String name) {
        return sandbox.client().services().inNamespace(sandbox.namespace()).withName(name);
    }

    /** Null when there is none. */
    private static String uid(Resource<? extends HasMetadata> resource) {
        HasMetadata found = resource.get();
        return found == null ? null : found.getMetadata().getUid();
    }
}
