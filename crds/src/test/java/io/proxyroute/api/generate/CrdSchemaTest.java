package io.proxyroute.api.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of the generated schemas on which users and the API server rely. */
class CrdSchemaTest {

    /** Fields whose default depends on another field, so the schema has none. */
    private static final List<String> DERIVED = List.of(
            "/timeouts/backendRequest",
            "/connectionPool/maxConnectionsPerBackend",
            "/connectionPool/leakDetectionThreshold",
            "/autoscaling/min",
            "/autoscaling/max",
            "/autoscaling/scaleDownStabilization",
            "/tuning/interval",
            "/tuning/window",
            "/tuning/bounds/maxConnectionsPerBackend/min",
            "/tuning/bounds/maxConnectionsPerBackend/max",
            "/tuning/bounds/acquireTimeout/min",
            "/tuning/bounds/acquireTimeout/max",
            "/remediation/pollInterval",
            "/remediation/staleAfter",
            "/remediation/guard/cooldown",
            "/remediation/leakDetection/window",
            "/remediation/leakDetection/confirmations");

    private static final Map<String, CustomResourceDefinition> DEFINITIONS = CrdGeneration.definitions();

    @Test
    void declaresNamesAndSubresources() {
        assertThat(DEFINITIONS).containsOnlyKeys("proxyroutes", "remediationruns");
        DEFINITIONS.values().forEach(crd -> {
            assertThat(crd.getSpec().getGroup()).isEqualTo("proxyroute.io");
            assertThat(crd.getSpec().getScope()).isEqualTo("Namespaced");
            assertThat(crd.getSpec().getVersions()).singleElement().satisfies(version -> {
                assertThat(version.getName()).isEqualTo("v1alpha1");
                assertThat(version.getSubresources().getStatus()).isNotNull();
            });
        });
        CustomResourceDefinition route = DEFINITIONS.get("proxyroutes");
        assertThat(route.getSpec().getNames().getShortNames()).containsExactly("pxr");
        var scale = route.getSpec().getVersions().getFirst().getSubresources().getScale();
        assertThat(scale.getSpecReplicasPath()).isEqualTo(".spec.proxy.replicas");
        assertThat(scale.getStatusReplicasPath()).isEqualTo(".status.replicas");
        assertThat(scale.getLabelSelectorPath()).isEqualTo(".status.selector");
        assertThat(DEFINITIONS.get("remediationruns").getSpec().getNames().getShortNames())
                .containsExactly("rrun");
    }

    @Test
    void replicasHaveNoDefault() {
        JSONSchemaProps proxy = spec("proxyroutes").getProperties().get("proxy");
        assertThat(proxy.getProperties().get("replicas").getDefault()).isNull();
        assertThat(proxy.getDefault().has("replicas")).isFalse();
    }

    @Test
    void everyFieldHasDescription() {
        List<String> undescribed = new ArrayList<>();
        walk((path, schema) -> {
            String last = path.substring(path.lastIndexOf('.') + 1);
            boolean entry = last.endsWith("[]") || last.endsWith("{}");
            if (!entry
                    && !isCoreType(path)
                    && !path.endsWith(".metadata") // described by Kubernetes; a CRD must not describe it
                    && (schema.getDescription() == null
                            || schema.getDescription().isBlank())) {
                undescribed.add(path);
            }
        });
        assertThat(undescribed).as("fields without a description").isEmpty();
    }

    @Test
    void descriptionsContainDefaultAndBounds() {
        Map<String, JSONSchemaProps> pool =
                spec("proxyroutes").getProperties().get("connectionPool").getProperties();
        assertThat(pool.get("maxConnections").getDescription())
                .isEqualTo("Maximum number of connections from one pod to all its backends. From 1 to 65535. Default:"
                        + " 200.");
        assertThat(pool.get("connectTimeout").getDescription())
                .isEqualTo("How long a TCP handshake with a backend may take. Default: 1s.");
    }

    @Test
    void everyFieldIsBounded() {
        List<String> unbounded = new ArrayList<>();
        walk((path, schema) -> {
            boolean bounded =
                    switch (String.valueOf(schema.getType())) {
                        case "string" ->
                            schema.getMaxLength() != null || !schema.getEnum().isEmpty();
                        case "array" -> schema.getMaxItems() != null;
                        case "object" -> schema.getAdditionalProperties() == null || schema.getMaxProperties() != null;
                        case "integer", "number" -> isGeneration(path) || schema.getMinimum() != null;
                        case "boolean" -> true;
                        default ->
                            Boolean.TRUE.equals(schema.getXKubernetesIntOrString()) && schema.getMaxLength() != null;
                    };
            if (!bounded) {
                unbounded.add(path);
            }
        });
        assertThat(unbounded).as("fields without a bound").isEmpty();
    }

    @Test
    void javaAndSchemaDefaultsAreEqual() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ProxyRouteSpec spec = mapper.readValue("{\"listeners\": []}", ProxyRouteSpec.class);
        JsonNode inJava = mapper.readTree(mapper.writeValueAsBytes(spec)); // numbers of the type that a reader chooses
        DERIVED.forEach(pointer -> {
            JsonPointer field = JsonPointer.compile(pointer);
            assertThat(inJava.at(field).isMissingNode()).as(pointer).isFalse();
            ((ObjectNode) inJava.at(field.head())).remove(field.last().getMatchingProperty());
        });
        Map<String, JSONSchemaProps> fields = spec("proxyroutes").getProperties();
        for (String field : fields.keySet()) {
            JsonNode inSchema = fields.get(field).getDefault();
            assertThat(withoutEmptyObjects(inJava.path(field)))
                    .as("default of spec.%s", field)
                    .isEqualTo(inSchema == null ? MissingNode.getInstance() : inSchema);
        }
    }

    @Test
    void everyRuleMessageIsSentence() {
        walk((path, schema) -> schema.getXKubernetesValidations().forEach(rule -> assertThat(rule.getMessage())
                .as("message of a rule at %s", path)
                .matches("[a-z].*\\.")));
    }

    /** A default below an atomic list is never part of what a GitOps tool applies, so the tool never gets in sync. */
    @Test
    void atomicListsHaveNoDefaults() {
        List<String> defaults = new ArrayList<>();
        Set<String> atomic = new TreeSet<>();
        walk((path, schema) -> {
            if ("atomic".equals(schema.getXKubernetesListType())) {
                atomic.add(path + "[]");
            }
            if (schema.getDefault() != null && atomic.stream().anyMatch(path::startsWith)) {
                defaults.add(path);
            }
        });
        assertThat(atomic).isNotEmpty();
        assertThat(defaults).isEmpty();
    }

    @Test
    void printerColumnsHaveNoPriorityThatTheApiServerDrops() {
        DEFINITIONS.values().forEach(crd -> assertThat(
                        crd.getSpec().getVersions().getFirst().getAdditionalPrinterColumns())
                .noneMatch(column -> Integer.valueOf(0).equals(column.getPriority())));
    }

    /** A message quotes the pattern, and a regular expression explains nothing to a user. */
    @Test
    void specHasNoPatterns() {
        List<String> patterns = new ArrayList<>();
        walk((path, schema) -> {
            boolean pattern =
                    schema.getPattern() != null && !schema.getPattern().equals(FormatRules.HEADER_VALUE);
            if (path.contains(".spec") && !isCoreType(path) && pattern) {
                patterns.add(path);
            }
        });
        assertThat(patterns).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "lots", "1c2x", "1K", "1e", "1e100", "--1", "1 Gi", ".", "0x10", "1Gi\n"})
    void quantityPatternRejectsMalformedValues(String text) {
        assertThat(text).doesNotMatch(quantityPattern());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0", "1", "-1", "+1", "1.", ".5", "1.5", "250m", "1e3", "1E-3", "9e+99", "1Ki", "2.5Gi", "1E", "1n"
            })
    void quantityPatternAcceptsParsableValues(String text) {
        assertThat(text).matches(quantityPattern());
        assertThat(Quantity.parse(text).getNumericalAmount()).isNotNull();
    }

    private static Pattern quantityPattern() {
        return Pattern.compile(QuantitySchema.PATTERN);
    }

    private static JsonNode withoutEmptyObjects(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.forEach(CrdSchemaTest::withoutEmptyObjects);
            object.removeIf(child -> child.isObject() && child.isEmpty());
        }
        return node;
    }

    private static boolean isGeneration(String path) {
        return path.endsWith("eneration");
    }

    private static boolean isCoreType(String path) {
        return path.startsWith("proxyroutes.spec.proxy.affinity.")
                || path.startsWith("proxyroutes.spec.proxy.tolerations[].")
                || path.startsWith("proxyroutes.spec.proxy.topologySpread[].");
    }

    private static JSONSchemaProps root(String plural) {
        return DEFINITIONS
                .get(plural)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
    }

    private static JSONSchemaProps spec(String plural) {
        return root(plural).getProperties().get("spec");
    }

    private static void walk(BiConsumer<String, JSONSchemaProps> visitor) {
        DEFINITIONS.keySet().forEach(plural -> walk(plural, root(plural), visitor));
    }

    private static void walk(String path, JSONSchemaProps schema, BiConsumer<String, JSONSchemaProps> visitor) {
        visitor.accept(path, schema);
        if (schema.getItems() != null) {
            walk(path + "[]", schema.getItems().getSchema(), visitor);
        }
        if (schema.getAdditionalProperties() != null) {
            walk(path + "{}", schema.getAdditionalProperties().getSchema(), visitor);
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, child) -> walk(path + "." + name, child, visitor));
        }
    }
}
