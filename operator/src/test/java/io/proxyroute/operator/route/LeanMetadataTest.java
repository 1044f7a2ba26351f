package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LeanMetadataTest {

    private static final String OBJECT = """
            {"apiVersion": "%s", "kind": "%s",
             "metadata": {"name": "x", "labels": {"a": "b"}, "managedFields": [{"manager": "kubectl"}]}}""";
    private static final String POD = OBJECT.formatted("v1", "Pod");
    private static final String DEPLOYMENT = OBJECT.formatted("apps/v1", "Deployment");

    private final KubernetesSerialization serialization = LenientSpecReader.serialization();

    @Test
    void dropsManagedFields() {
        Pod pod = serialization.unmarshal(POD, Pod.class);

        assertThat(pod.getMetadata().getManagedFields()).isEmpty();
        assertThat(pod.getMetadata().getLabels()).containsEntry("a", "b");
    }

    @Test
    void dropsThemInListsAndWatches() {
        String list = "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"items\": [" + POD + "]}";
        PodList pods = serialization.unmarshal(
                new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)), new TypeReference<PodList>() {});

        assertThat(pods.getItems().getFirst().getMetadata().getManagedFields()).isEmpty();
        assertThat(watched(POD).getMetadata().getManagedFields()).isEmpty();
    }

    @Test
    void keepsThoseOfDeployments() {
        assertThat(serialization
                        .unmarshal(DEPLOYMENT, Deployment.class)
                        .getMetadata()
                        .getManagedFields())
                .hasSize(1);
        assertThat(watched(DEPLOYMENT).getMetadata().getManagedFields()).hasSize(1);
    }

    private HasMetadata watched(String object) {
        WatchEvent event =
                serialization.unmarshal("{\"type\": \"ADDED\", \"object\": " + object + "}", WatchEvent.class);
        return (HasMetadata) event.getObject();
    }
}
