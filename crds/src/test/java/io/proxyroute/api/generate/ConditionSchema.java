package io.proxyroute.api.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.stream.Stream;

/** Gives a condition the descriptions and bounds of {@code metav1.Condition}. */
final class ConditionSchema {

    private ConditionSchema() {}

    static void apply(JSONSchemaProps condition) {
        condition.setRequired(List.of("type", "status", "lastTransitionTime", "reason", "message"));
        text(condition, "type", "Type of the condition.", 316, "^[A-Za-z]([A-Za-z0-9]*)$");
        text(
                condition,
                "reason",
                "Machine-readable reason for the status, in CamelCase.",
                1024,
                "^[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?$");
        text(condition, "message", "Human-readable explanation of the status.", 32_768, null);
        JSONSchemaProps status = text(condition, "status", "Status of the condition: True, False or Unknown.", 7, null);
        status.setEnum(Stream.of("True", "False", "Unknown")
                .map(JsonNodeFactory.instance::textNode)
                .map(JsonNode.class::cast)
                .toList());
        JSONSchemaProps since = text(condition, "lastTransitionTime", "Time of the last change of status.", 64, null);
        since.setFormat("date-time");
        JSONSchemaProps generation = condition.getProperties().get("observedGeneration");
        generation.setDescription("Generation of the spec that the condition describes.");
        generation.setMinimum(0.0);
    }

    private static JSONSchemaProps text(
            JSONSchemaProps condition, String field, String description, long maxLength, String pattern) {
        JSONSchemaProps schema = condition.getProperties().get(field);
        schema.setDescription(description);
        schema.setMaxLength(maxLength);
        schema.setPattern(pattern);
        return schema;
    }
}
