package io.proxyroute.operator.dependents;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {

    @Test
    void ignoresFieldsOfOtherManagers() {
        Service actual = new ServiceBuilder(DriftDetector.withContentHash(service()))
                .editMetadata()
                .withResourceVersion("7")
                .addToLabels("added-by", "other")
                .endMetadata()
                .editSpec()
                .withClusterIP("10.0.0.1")
                .withSessionAffinity("None")
                .endSpec()
                .build();

        assertThat(DriftDetector.isUpToDate(DriftDetector.withContentHash(service()), actual))
                .isTrue();
    }

    @Test
    void detectsChangedField() {
        Service actual = new ServiceBuilder(DriftDetector.withContentHash(service()))
                .editSpec()
                .editFirstPort()
                .withPort(81)
                .endPort()
                .endSpec()
                .build();

        assertThat(DriftDetector.isUpToDate(DriftDetector.withContentHash(service()), actual))
                .isFalse();
    }

    @Test
    void detectsFieldThatIsNoLongerDesired() {
        Service before = new ServiceBuilder(service())
                .editMetadata()
                .addToAnnotations("example.com/lb", "internal")
                .endMetadata()
                .build();

        assertThat(DriftDetector.isUpToDate(
                        DriftDetector.withContentHash(service()), DriftDetector.withContentHash(before)))
                .isFalse();
    }

    @Test
    void detectsRemovedField() {
        Service actual = new ServiceBuilder(DriftDetector.withContentHash(service()))
                .editSpec()
                .withSelector(null)
                .endSpec()
                .build();

        assertThat(DriftDetector.isUpToDate(DriftDetector.withContentHash(service()), actual))
                .isFalse();
    }

    @Test
    void ignoresAddedContainersAndComparesQuantitiesByValue() {
        Deployment actual = new DeploymentBuilder(DriftDetector.withContentHash(deployment("1000m")))
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

        assertThat(DriftDetector.isUpToDate(DriftDetector.withContentHash(deployment("1000m")), actual))
                .isTrue();
        assertThat(DriftDetector.isUpToDate(DriftDetector.withContentHash(deployment("900m")), actual))
                .isFalse();
    }

    @Test
    void ignoresEmptyTextThatApiServerDrops() {
        Deployment desired = tolerating("");
        Deployment actual = tolerating(null);
        String hash = DriftDetector.withContentHash(desired)
                .getMetadata()
                .getAnnotations()
                .get(DriftDetector.HASH_ANNOTATION);
        actual.getMetadata().setAnnotations(Map.of(DriftDetector.HASH_ANNOTATION, hash));

        assertThat(DriftDetector.isUpToDate(desired, actual)).isTrue();

        Deployment valued = tolerating("batch");
        valued.getMetadata().setAnnotations(Map.of(DriftDetector.HASH_ANNOTATION, hash));
        assertThat(DriftDetector.isUpToDate(desired, valued))
                .as("set by another manager")
                .isFalse();
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
