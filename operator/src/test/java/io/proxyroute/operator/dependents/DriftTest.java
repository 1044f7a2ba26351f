package io.proxyroute.operator.dependents;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriftTest {

    @Test
    void fieldsOfOthersDoNotMatter() {
        Service actual = new ServiceBuilder(Drift.stamp(service()))
                .editMetadata()
                .withResourceVersion("7")
                .addToLabels("added-by", "somebody")
                .endMetadata()
                .editSpec()
                .withClusterIP("10.0.0.1")
                .withSessionAffinity("None")
                .endSpec()
                .build();

        assertThat(Drift.isNone(Drift.stamp(service()), actual)).isTrue();
    }

    @Test
    void aFieldOfOursThatSomebodyChangedMatters() {
        Service actual = new ServiceBuilder(Drift.stamp(service()))
                .editSpec()
                .editFirstPort()
                .withPort(81)
                .endPort()
                .endSpec()
                .build();

        assertThat(Drift.isNone(Drift.stamp(service()), actual)).isFalse();
    }

    @Test
    void aFieldThatWeNoLongerWantMatters() {
        Service before = new ServiceBuilder(service())
                .editMetadata()
                .addToAnnotations("example.com/lb", "internal")
                .endMetadata()
                .build();

        assertThat(Drift.isNone(Drift.stamp(service()), Drift.stamp(before))).isFalse();
    }

    @Test
    void somethingThatIsGoneMatters() {
        Service actual = new ServiceBuilder(Drift.stamp(service()))
                .editSpec()
                .withSelector(null)
                .endSpec()
                .build();

        assertThat(Drift.isNone(Drift.stamp(service()), actual)).isFalse();
    }

    @Test
    void aContainerThatAnotherAddsDoesNotMatterAndAQuantityIsComparedAsANumber() {
        Deployment actual = new DeploymentBuilder(Drift.stamp(deployment("1000m")))
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .editResources()
                .withRequests(Map.of("cpu", new Quantity("1")))
                .endResources()
                .endContainer()
                .addNewContainer()
                .withName("sidecar")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();

        assertThat(Drift.isNone(Drift.stamp(deployment("1000m")), actual)).isTrue();
        assertThat(Drift.isNone(Drift.stamp(deployment("900m")), actual)).isFalse();
    }

    @Test
    void emptyTextThatTheApiServerLeavesOutDoesNotMatter() {
        Deployment desired = tolerating("");
        Deployment actual = tolerating(null);
        String hash = Drift.stamp(desired).getMetadata().getAnnotations().get(Drift.HASH_ANNOTATION);
        actual.getMetadata().setAnnotations(Map.of(Drift.HASH_ANNOTATION, hash));

        assertThat(Drift.isNone(desired, actual)).isTrue();

        Deployment valued = tolerating("batch");
        valued.getMetadata().setAnnotations(Map.of(Drift.HASH_ANNOTATION, hash));
        assertThat(Drift.isNone(desired, valued)).as("somebody set it").isFalse();
    }

    private static Deployment tolerating(String value) {
        return new DeploymentBuilder(deployment("1"))
                .editSpec()
                .editTemplate()
                .editSpec()
                .addNewToleration()
                .withKey("dedicated")
                .withValue(value)
                .endToleration()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("web-proxy")
                .withNamespace("shop")
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", "web"))
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withNewTargetPort(8080)
                .endPort()
                .endSpec()
                .build();
    }

    private static Deployment deployment(String cpu) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web-proxy")
                .withNamespace("shop")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewSpec()
                .addNewContainer()
                .withName("proxy")
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity(cpu)))
                .endResources()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
