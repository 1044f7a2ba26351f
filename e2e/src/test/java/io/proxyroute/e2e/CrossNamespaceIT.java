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
import io.proxyroute.e2e.workload.Requests;
import io.proxyroute.e2e.workload.Route;
import io.proxyroute.e2e.workload.Sandbox;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A backend in another namespace is used for as long as that namespace grants it. */
@ClusterTest
class CrossNamespaceIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CRD = "referencegrants.gateway.networking.k8s.io";

    private static Sandbox abroad;
    private static AutoCloseable kind;

    @BeforeAll
    static void startBackend(Sandbox sandbox, Stage stage) {
        KubernetesClient client = sandbox.client();
        if (!isSomebodys(crd(client).get())) {
            kind = () -> crd(client).delete();
            stage.enter("CRD " + CRD, kind);
            client.load(CrossNamespaceIT.class.getResourceAsStream("/gateway/reference-grant-crd.yaml"))
                    .serverSideApply();
            crd(client).waitUntilCondition(CrossNamespaceIT::isEstablished, LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        abroad = stage.sandbox(sandbox.namespace() + "-abroad");
        abroad.backend("echo", 1);
    }

    @AfterAll
    static void stopBackend(Stage stage) {
        if (!Stage.isKept()) {
            stage.remove(abroad);
            stage.remove(kind);
        }
    }

    @Test
    void aServiceOfAnotherNamespaceNeedsAGrantThere(Sandbox sandbox) {
        Route route = Route.apply(
                sandbox, "abroad", "routes/abroad.yaml", Map.of("name", "abroad", "namespace", abroad.namespace()));
        Condition refused = route.await("ResolvedRefs", "False", LIMIT);
        assertThat(refused.getReason()).isEqualTo("RefNotPermitted");
        assertThat(refused.getMessage()).contains("create a ReferenceGrant in " + abroad.namespace());

        abroad.apply("gateway/reference-grant.yaml", Map.of("namespace", sandbox.namespace()));

        route.await("ResolvedRefs", "True", LIMIT);
        route.awaitServing(LIMIT);
        assertThat(status(route)).isEqualTo(200);

        sandbox.client()
                .resources(ReferenceGrant.class)
                .inNamespace(abroad.namespace())
                .withName("routes")
                .delete();

        assertThat(route.await("ResolvedRefs", "False", LIMIT).getReason()).isEqualTo("RefNotPermitted");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(status(route))
                .as("what was granted has ended")
                .isEqualTo(503));
    }

    /** Asked once: the usual client asks again after a 503. */
    private static int status(Route route) {
        Config usual = route.sandbox().client().getConfiguration();
        Config once = new ConfigBuilder(usual).withRequestRetryBackoffLimit(0).build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(once).build()) {
            return new Requests(client).get(route, 8080, "/x").status();
        }
    }

    private static Resource<CustomResourceDefinition> crd(KubernetesClient client) {
        return client.apiextensions().v1().customResourceDefinitions().withName(CRD);
    }

    /** One with the label was left by an earlier run. */
    private static boolean isSomebodys(CustomResourceDefinition crd) {
        return crd != null
                && (crd.getMetadata().getLabels() == null
                        || !crd.getMetadata().getLabels().containsKey(Installation.OURS_LABEL));
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
