package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.workload.ApiProxyClient;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backends in another namespace, which require a ReferenceGrant there. */
@ClusterTest
class CrossNamespaceIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String GRANT_CRD_NAME = "referencegrants.gateway.networking.k8s.io";

    private static TestNamespace backendNamespace;
    private static AutoCloseable grantCrd;

    @BeforeAll
    static void startBackend(TestNamespace namespace, TestEnvironment environment) {
        KubernetesClient client = namespace.client();
        if (!isForeign(crd(client).get())) {
            grantCrd = () -> crd(client).delete();
            environment.register("CRD " + GRANT_CRD_NAME, grantCrd);
            client.load(CrossNamespaceIT.class.getResourceAsStream("/gateway/reference-grant-crd.yaml"))
                    .serverSideApply();
            crd(client).waitUntilCondition(CrossNamespaceIT::isEstablished, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        backendNamespace = environment.createNamespace(namespace.name() + "-abroad");
        backendNamespace.startBackend("echo", 1);
    }

    @AfterAll
    static void stopBackend(TestEnvironment environment) {
        if (!TestEnvironment.isKept()) {
            environment.remove(backendNamespace);
            environment.remove(grantCrd);
        }
    }

    @Test
    void usesForeignServiceOnlyWhileReferenceGrantExists(TestNamespace namespace) {
        Route route = Route.apply(
                namespace,
                "abroad",
                "routes/abroad.yaml",
                Map.of("name", "abroad", "namespace", backendNamespace.name()));
        Condition refused = route.await("ResolvedRefs", "False", TIMEOUT);
        assertThat(refused.getReason()).isEqualTo("RefNotPermitted");
        assertThat(refused.getMessage()).contains("create a ReferenceGrant in namespace " + backendNamespace.name());

        backendNamespace.apply("gateway/reference-grant.yaml", Map.of("namespace", namespace.name()));

        route.await("ResolvedRefs", "True", TIMEOUT);
        route.awaitServing(TIMEOUT);
        assertThat(status(route)).isEqualTo(200);

        namespace
                .client()
                .resources(ReferenceGrant.class)
                .inNamespace(backendNamespace.name())
                .withName("routes")
                .delete();

        assertThat(route.await("ResolvedRefs", "False", TIMEOUT).getReason()).isEqualTo("RefNotPermitted");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(status(route))
                .as("status after the grant was deleted")
                .isEqualTo(500));
    }

    /** Sends the request once; the default client would retry it after a 500. */
    private static int status(Route route) {
        Config defaultConfig = route.namespace().client().getConfiguration();
        Config withoutRetries =
                new ConfigBuilder(defaultConfig).withRequestRetryBackoffLimit(0).build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(withoutRetries).build()) {
            return new ApiProxyClient(client).get(route, 8080, "/x").status();
        }
    }

    private static Resource<CustomResourceDefinition> crd(KubernetesClient client) {
        return client.apiextensions().v1().customResourceDefinitions().withName(GRANT_CRD_NAME);
    }

    /** A CRD with the label is left over from an earlier test run. */
    private static boolean isForeign(CustomResourceDefinition crd) {
        return crd != null
                && (crd.getMetadata().getLabels() == null
                        || !crd.getMetadata().getLabels().containsKey(Installation.E2E_LABEL));
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }
}
