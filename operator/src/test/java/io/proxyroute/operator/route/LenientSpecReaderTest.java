package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LenientSpecReaderTest {

    private static final String LIST = """
            {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": "7"}, "items": [
              {"apiVersion": "proxyroute.io/v1alpha1", "kind": "ProxyRoute",
               "metadata": {"namespace": "default", "name": "bad"},
               "spec": {"listeners": [{"name": "http", "port": 8080}], %s},
               "status": {"observedGeneration": 3}},
              {"apiVersion": "proxyroute.io/v1alpha1", "kind": "ProxyRoute",
               "metadata": {"namespace": "default", "name": "good"},
               "spec": {"listeners": [{"name": "http", "port": 8081}]},
               "status": {"tuning": {"effective": {"acquireTimeout": "soon"}}}}]}
            """;

    private final KubernetesSerialization serialization = LenientSpecReader.serialization();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"proxy\": {\"resources\": {\"requests\": {\"cpu\": \"\"}}}",
                "\"proxy\": {\"tolerations\": [{\"tolerationSeconds\": 1e30}]}",
                "\"timeouts\": {\"request\": \"PT5S\"}",
                "\"remediation\": {\"mode\": \"Later\"}",
                "\"rules\": [{\"backendRefs\": [{\"name\": \"cart\", \"port\": {}}]}]"
            })
    void invalidFieldAffectsOnlyItsRoute(String field) {
        List<ProxyRoute> routes = serialization
                .unmarshal(
                        new ByteArrayInputStream(LIST.formatted(field).getBytes(StandardCharsets.UTF_8)),
                        new TypeReference<DefaultKubernetesResourceList<ProxyRoute>>() {})
                .getItems();

        assertThat(routes).extracting(route -> route.getMetadata().getName()).containsExactly("bad", "good");
        assertThat(routes.getFirst().getSpec()).isNull();
        assertThat(routes.getFirst().getStatus().observedGeneration()).isEqualTo(3);
        assertThat(routes.getLast().getSpec().listeners().getFirst().port()).isEqualTo(8081);
        assertThat(routes.getLast().getStatus())
                .as("one that holds no duration")
                .isNull();
    }

    @Test
    void reportsErrorWithPath() throws Exception {
        try (ObjectServer api = new ObjectServer()) {
            String path = "/apis/proxyroute.io/v1alpha1/namespaces/default/proxyroutes/bad";
            ProxyRoute route = new ProxyRoute();
            route.getMetadata().setNamespace("default");
            route.getMetadata().setName("bad");
            assertThat(LenientSpecReader.problem(api.client(), route))
                    .as("gone")
                    .isEmpty();
            api.put(path, stored("{mode: Later, thresholds: [{metric: Heap, for: ever}]}"));

            assertThat(LenientSpecReader.problem(api.client(), route)).hasValueSatisfying(problem -> {
                assertThat(problem.reason()).isEqualTo(Reason.InvalidSpec);
                assertThat(problem.path()).isEqualTo("spec.remediation.mode");
                assertThat(problem.message())
                        .startsWith("cannot be read: ")
                        .contains("Later")
                        .endsWith(".");
            });

            api.put(path, stored("{thresholds: [{metric: Heap, for: ever}]}"));
            assertThat(LenientSpecReader.problem(api.client(), route))
                    .contains(new Problem(
                            Reason.InvalidSpec,
                            "spec.remediation.thresholds[0].for",
                            "cannot be read: a duration must be numbers with units, for example 7d, 1h30m or"
                                    + " 500ms, but is \"ever\"."));

            api.put(path, stored("{mode: Auto}"));
            assertThat(LenientSpecReader.problem(api.client(), route))
                    .as("mended")
                    .isEmpty();
        }
    }

    private GenericKubernetesResource stored(String remediation) {
        return serialization.unmarshal("""
                apiVersion: proxyroute.io/v1alpha1
                kind: ProxyRoute
                metadata: {namespace: default, name: bad}
                spec: {listeners: [{name: http, port: 8080}], remediation: %s}
                """.formatted(remediation), GenericKubernetesResource.class);
    }
}
