package io.proxyroute.api.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.stream.Stream;

/** Describes and bounds a condition as {@code metav1.Condition} does. */
final class ConditionSchema {

    private ConditionSchema() {}

    static void apply(JSONSchemaProps condition) {
        condition.setRequired(List.of("type", "status", "lastTransitionTime", "reason", "message"));
        text(condition, "type", "What the condition is about.", 316, "^[A-Za-z]([A-Za-z0-9]*)$");
        text(condition, "reason", "Why, in one word for programs.", 1024, "^[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?$");
        text(condition, "message", "Why, in a sentence for people.", 32_768, null);
        JSONSchemaProps status = text(condition, "status", "Whether it holds: True, False or Unknown.", 7, null);
        status.setEnum(Stream.of("True", "False", "Unknown")
                .map(JsonNodeFactory.instance::textNode)
                .map(JsonNode.class::cast)
                .toList());
        JSONSchemaProps since = text(condition, "lastTransitionTime", "When status last changed.", 64, null);
        since.setFormat("date-time");
        JSONSchemaProps generation = condition.getProperties().get("observedGeneration");
        generation.setDescription("Generation of the spec that the condition speaks of.");
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
