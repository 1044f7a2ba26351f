package io.proxyroute.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.e2e.ClusterTest;
import io.proxyroute.e2e.workload.TestNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sends every document of {@code accepted.yaml} and {@code rejected.yaml} to the API server, as a dry run. */
@ClusterTest
class AdmissionIT {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    /** An additional error that means that the API server skipped some CEL rules. */
    private static final String RULES_SKIPPED = "some validation rules were not checked";

    /**
     * A test case.
     *
     * @param title the key {@code case} in the file
     * @param name name of the route; {@code case} by default
     * @param spec spec of the route, or null
     * @param errors the expected errors
     */
    private record Case(String title, String name, Map<String, Object> spec, List<String> errors) {}

    private final TestNamespace namespace;

    AdmissionIT(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @TestFactory
    Stream<DynamicTest> accepts() {
        return cases("accepted.yaml")
                .map(each -> DynamicTest.dynamicTest(each.title(), () -> {
                    GenericKubernetesResource created = create(each.name(), each.spec());
                    // The API types must read back what the API server stores.
                    ProxyRouteSpec stored = SERIALIZATION
                            .unmarshal(SERIALIZATION.asJson(created), ProxyRoute.class)
                            .getSpec();
                    ProxyRouteSpec written = SERIALIZATION.convertValue(each.spec(), ProxyRouteSpec.class);
                    assertThat(stored).isEqualTo(written);
                }));
    }

    @TestFactory
    Stream<DynamicTest> rejects() {
        return cases("rejected.yaml")
                .map(each -> DynamicTest.dynamicTest(each.title(), () -> assertThat(errorsOf(each))
                        .containsExactlyInAnyOrderElementsOf(each.errors())));
    }

    /** Cases with two mistakes, or with an error that the API server adds itself. */
    private static final Set<String> TWO_ERRORS =
            Set.of("a filter with the settings of another type", "negative replicas", "a boolean mode", "empty names");

    @Test
    void eachMistakeGivesOneLine() {
        assertThat(cases("rejected.yaml")
                        .filter(each -> each.errors().size() > 1)
                        .map(Case::title))
                .containsExactlyInAnyOrderElementsOf(TWO_ERRORS);
    }

    @Test
    void tablesAreNotEmpty() {
        assertThat(cases("accepted.yaml").count()).isGreaterThanOrEqualTo(20);
        assertThat(cases("rejected.yaml").count()).isGreaterThanOrEqualTo(40);
    }

    @Test
    void acceptsLargestRouteWithinCelCostLimit() {
        List<Map<String, Object>> rules = IntStream.range(0, 64)
                .mapToObj(i -> Map.<String, Object>of(
                        "name", "rule-" + "x".repeat(50) + i,
                        "matches",
                                IntStream.range(0, 16)
                                        .mapToObj(j -> Map.of("path", Map.of("value", "/" + "p".repeat(500) + j)))
                                        .toList(),
                        "backendRefs",
                                IntStream.range(0, 16)
                                        .mapToObj(j -> Map.of("name", "backend-" + j, "port", 80))
                                        .toList(),
                        "timeouts", Map.of("request", "1h1m1s1ms", "backendRequest", "1m1s1ms"),
                        "retry", Map.of("attempts", 10)))
                .toList();
        List<Map<String, Object>> listeners = IntStream.range(0, 8)
                .mapToObj(i -> Map.<String, Object>of("name", "listener-" + i, "port", 8080 + i))
                .toList();
        assertThat(create("case", Map.of("listeners", listeners, "rules", rules)))
                .isNotNull();
    }

    @Test
    void rejectsSpecChangeOfRemediationRun() {
        GenericKubernetesResource run =
                SERIALIZATION.unmarshal("""
                apiVersion: proxyroute.io/v1alpha1
                kind: RemediationRun
                metadata: {name: run-1, namespace: %s}
                spec:
                  routeRef: {name: shop, uid: 00000000-0000-0000-0000-000000000001, generation: 3}
                  podName: shop-proxy-a
                  podUid: 00000000-0000-0000-0000-000000000002
                  cause: {kind: Leak, metric: LiveSet, message: The live set grows by 2 MiB a minute.}
                  action: Replace
                  cooldown: 10m
                """.formatted(namespace.name()), GenericKubernetesResource.class);
        namespace.client().resource(run).fieldValidation(Validation.STRICT).create();

        KubernetesClientException rejection = catchThrowableOfType(KubernetesClientException.class, () -> namespace
                .client()
                .resource(run)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"podName\":\"shop-proxy-b\"}}"));

        assertThat(rejection.getStatus().getDetails().getCauses())
                .extracting(cause -> cause.getField() + ": " + cause.getMessage())
                .containsExactly("spec: Invalid value: spec of a RemediationRun must not change: it is a record.");
    }

    private GenericKubernetesResource create(String name, Map<String, Object> spec) {
        GenericKubernetesResource route = new GenericKubernetesResource();
        route.setApiVersion("proxyroute.io/v1alpha1");
        route.setKind("ProxyRoute");
        route.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace.name())
                .withName(name)
                .build());
        if (spec != null) {
            route.setAdditionalProperty("spec", spec);
        }
        return namespace
                .client()
                .resource(route)
                .dryRun()
                .fieldValidation(Validation.STRICT)
                .create();
    }

    private List<String> errorsOf(Case each) {
        KubernetesClientException rejection =
                catchThrowableOfType(KubernetesClientException.class, () -> create(each.name(), each.spec()));
        assertThat(rejection).as("rejection by the API server").isNotNull();
        Status status = rejection.getStatus();
        if (status.getDetails() == null || status.getDetails().getCauses().isEmpty()) {
            return List.of(status.getMessage());
        }
        return status.getDetails().getCauses().stream()
                .filter(cause -> !cause.getMessage().contains(RULES_SKIPPED))
                .map(cause -> cause.getField() + ": " + cause.getMessage())
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Stream<Case> cases(String file) {
        try (InputStream in = AdmissionIT.class.getResourceAsStream("/api/" + file)) {
            List<Map<String, Object>> lines =
                    SERIALIZATION.unmarshal(in, new TypeReference<List<Map<String, Object>>>() {});
            return lines.stream()
                    .map(line -> new Case(
                            (String) line.get("case"),
                            (String) line.getOrDefault("name", "case"),
                            (Map<String, Object>) line.get("spec"),
                            (List<String>) line.get("errors")));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
