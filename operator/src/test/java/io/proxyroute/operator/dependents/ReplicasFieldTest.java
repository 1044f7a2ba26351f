package io.proxyroute.operator.dependents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.fixture.ObjectServer.Request;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which manager applies the field and in which order. End-to-end tests cover the rules of the API server. */
class ReplicasFieldTest {

    private static final String PATH = "/apis/apps/v1/namespaces/default/deployments/shop-proxy";

    private ObjectServer api;
    private ReplicasField field;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
        field = new ReplicasField(api.client());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void setsDifferentNumberWithoutForce() {
        assertThat(field.set(deployment(3, FieldManager.SCALER), 3)).isEmpty();
        assertThat(api.writes()).isEmpty();

        assertThat(field.set(deployment(3, FieldManager.SCALER), 4)).isPresent();

        assertThat(applied()).containsExactly("proxyroute-scaler sets 4");
    }

    @Nested
    class HandOver {

        @Test
        void handsOverBeforeScalerReleasesField() {
            assertThat(field.handOver(deployment(3, FieldManager.SCALER))).isPresent();

            assertThat(applied()).containsExactly("proxyroute-handover sets 3", "proxyroute-scaler omits it");
        }

        @Test
        void completesInterruptedHandover() {
            field.handOver(deployment(3, FieldManager.SCALER, FieldManager.HANDOVER));

            assertThat(applied()).containsExactly("proxyroute-scaler omits it");
        }

        @Test
        void handsOverNumberThatWasSetByHand() {
            field.handOver(deployment(5, "kubectl"));

            assertThat(applied()).containsExactly("proxyroute-handover sets 5", "proxyroute-scaler omits it");
        }

        @Test
        void doesNotHandOverTwice() {
            assertThat(field.handOver(deployment(7, FieldManager.HANDOVER, "kube-controller-manager")))
                    .isEmpty();

            assertThat(api.writes()).isEmpty();
        }

        @Test
        void keepsFieldWhenHandoverIsRejected() {
            api.refuse("PATCH", PATH, 409);

            assertThatThrownBy(() -> field.handOver(deployment(3, FieldManager.SCALER)))
                    .isInstanceOf(KubernetesClientException.class);

            assertThat(applied()).containsExactly("proxyroute-handover sets 3");
        }
    }

    @Nested
    class TakeBack {

        @Test
        void reclaimsHandedOverFieldByForce() {
            field.set(deployment(7, FieldManager.HANDOVER, "kube-controller-manager"), 2);

            assertThat(applied()).containsExactly("proxyroute-scaler sets 2 by force", "proxyroute-handover omits it");
        }

        @Test
        void reclaimsFieldEvenIfNumberIsRight() {
            field.set(deployment(2, FieldManager.HANDOVER), 2);

            assertThat(applied()).containsExactly("proxyroute-scaler sets 2 by force", "proxyroute-handover omits it");
        }
    }

    @Nested
    class IsManagedByOther {

        @Test
        void isManagedByOtherUnlessHandedOver() {
            assertThat(field.isManagedByOther(deployment(3, FieldManager.SCALER)))
                    .isFalse();
            assertThat(field.isManagedByOther(deployment(3, FieldManager.SCALER, "kubectl")))
                    .isTrue();
            assertThat(field.isManagedByOther(deployment(3, FieldManager.HANDOVER, "kube-controller-manager")))
                    .isFalse();
        }

        @Test
        void isNotManagedByOtherWhoOnlySetsOtherFields() {
            Deployment deployment = deployment(3, FieldManager.SCALER, "kubectl");
            deployment.getMetadata().getManagedFields().getLast().setFieldsV1(fields("f:paused"));

            assertThat(field.isManagedByOther(deployment)).isFalse();
        }
    }

    private static FieldsV1 fields(String name) {
        FieldsV1 fields = new FieldsV1();
        fields.setAdditionalProperty("f:spec", Map.of(name, Map.of()));
        return fields;
    }

    private List<String> applied() {
        return api.writes().stream().map(ReplicasFieldTest::describe).toList();
    }

    private static String describe(Request request) {
        assertThat(request.line()).isEqualTo("PATCH " + PATH);
        String manager = request.query().replaceFirst(".*fieldManager=([^&]*).*", "$1");
        boolean forced = request.query().contains("force=true");
        return request.body().has("spec")
                ? manager + " sets " + request.body().at("/spec/replicas").intValue() + (forced ? " by force" : "")
                : manager + " omits it";
    }

    private Deployment deployment(int replicas, String... managers) {
        Deployment deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("shop-proxy")
                .withManagedFields(Stream.of(managers)
                        .map(manager -> new ManagedFieldsEntryBuilder()
                                .withManager(manager)
                                .withFieldsV1(fields("f:replicas"))
                                .build())
                        .toList())
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
        api.put(PATH, deployment);
        return deployment;
    }
}
