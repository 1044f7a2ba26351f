package io.proxyroute.api.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Adds to a generated schema what annotations cannot express: list-map keys, defaults of objects, bounds of core
 * Kubernetes types, rules in words instead of patterns, default and bounds in the description of each field, and the order of
 * printer columns.
 */
final class SchemaPostProcessor implements CRDPostProcessor {

    /** The key field of each list of type map, by the path of the list; {@code []} stands for an entry. */
    private static final Map<String, String> LIST_KEYS = Map.of(
            "spec.listeners", "name",
            "spec.rules[].matches[].headers", "name",
            "spec.rules[].matches[].queryParams", "name",
            "spec.rules[].filters[].requestHeaderModifier.set", "name",
            "spec.rules[].filters[].requestHeaderModifier.add", "name",
            "spec.rules[].filters[].responseHeaderModifier.set", "name",
            "spec.rules[].filters[].responseHeaderModifier.add", "name",
            "status.conditions", "type");

    private static final Map<String, Class<? extends CustomResource<?, ?>>> TYPES =
            Map.of("ProxyRoute", ProxyRoute.class, "RemediationRun", RemediationRun.class);

    @Override
    public HasMetadata process(HasMetadata generated, String version) {
        CustomResourceDefinition crd = (CustomResourceDefinition) generated;
        for (CustomResourceDefinitionVersion each : crd.getSpec().getVersions()) {
            JSONSchemaProps root = each.getSchema().getOpenAPIV3Schema();
            root.getProperties().forEach((name, schema) -> finish(name, schema));
            finishRoot(root, crd.getSpec().getNames().getKind());
            orderColumns(each, TYPES.get(crd.getSpec().getNames().getKind()));
        }
        return crd;
    }

    private static void finish(String path, JSONSchemaProps schema) {
        if (isCoreType(path)) {
            CoreTypeBounds.apply(schema);
            return;
        }
        String key = LIST_KEYS.get(path);
        if (key != null) {
            schema.setXKubernetesListType("map");
            schema.setXKubernetesListMapKeys(List.of(key));
        }
        if (schema.getItems() != null) {
            JSONSchemaProps items = schema.getItems().getSchema();
            if (key == null) {
                schema.setXKubernetesListType("atomic");
            }
            if (path.equals("status.conditions")) {
                ConditionSchema.apply(items);
                return;
            }
            finish(path + "[]", items);
        }
        if (schema.getAdditionalProperties() != null) {
            finish(path + "{}", schema.getAdditionalProperties().getSchema());
        }
        if (isQuantity(path)) {
            QuantitySchema.apply(schema);
        }
        if ("date-time".equals(schema.getFormat())) {
            schema.setMaxLength(64L);
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, child) -> finish(path + "." + name, child));
        }
        schema.getXKubernetesValidations().forEach(SchemaPostProcessor::expandMacros);
        if (path.startsWith("spec")) {
            FormatRules.apply(schema);
        }
        if (path.startsWith("spec.") && schema.getDefault() == null) {
            schema.setDefault(defaultOfFields(schema));
        }
        if (path.startsWith("spec.") && !path.endsWith("[]") && !path.endsWith("{}")) {
            FieldDescriptions.addDefaultAndBounds(schema);
        }
    }

    private static void expandMacros(ValidationRule rule) {
        rule.setRule(CelMacros.expand(rule.getRule()));
        if (rule.getMessageExpression() != null) {
            rule.setMessageExpression(CelMacros.expand(rule.getMessageExpression()));
        }
    }

    /**
     * The default of an object: the defaults of all its fields. It is explicit because the API server evaluates CEL
     * rules on the object before it fills in the fields. Null if a field is required or no field has a default.
     */
    private static JsonNode defaultOfFields(JSONSchemaProps schema) {
        if (schema.getProperties() == null || !schema.getRequired().isEmpty()) {
            return null;
        }
        ObjectNode sum = JsonNodeFactory.instance.objectNode();
        schema.getProperties().forEach((name, child) -> {
            if (child.getDefault() != null) {
                sum.set(name, child.getDefault());
            }
        });
        return sum.isEmpty() ? null : sum;
    }

    private static boolean isCoreType(String path) {
        return path.equals("spec.proxy.affinity")
                || path.equals("spec.proxy.tolerations[]")
                || path.equals("spec.proxy.topologySpread[]");
    }

    private static boolean isQuantity(String path) {
        return path.equals("spec.proxy.resources.requests{}") || path.equals("spec.proxy.resources.limits{}");
    }

    private static void finishRoot(JSONSchemaProps root, String kind) {
        root.setDescription(
                switch (kind) {
                    case "ProxyRoute" ->
                        "A ProxyRoute defines a set of proxy pods, the requests they serve, and how the operator keeps"
                                + " them healthy.";
                    case "RemediationRun" ->
                        "A RemediationRun records how the operator handled one failing pod: the findings, the actions"
                                + " and the outcome. The operator writes it; do not edit it.";
                    default -> throw new IllegalArgumentException("no description for " + kind);
                });
        root.setRequired(List.of("spec"));
        if (kind.equals("ProxyRoute")) {
            RouteNameSchema.apply(root);
        }
        Map<String, JSONSchemaProps> properties = root.getProperties();
        properties.get("spec").setDescription("The desired state.");
        properties.get("status").setDescription("The observed state.");
    }

    private static void orderColumns(CustomResourceDefinitionVersion version, Class<?> type) {
        List<String> declared = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        // The API server drops a priority of 0, and GitOps tools would report the difference.
        version.getAdditionalPrinterColumns().stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));
        version.getAdditionalPrinterColumns().sort(Comparator.comparing(column -> declared.indexOf(column.getName())));
    }
}
