package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;

/**
 * Adds bounds to the parts of a schema that are core Kubernetes types, which have none: 32 entries per list or map, the
 * longest string that Kubernetes allows in such a field, and numbers that fit into their Java types.
 */
final class CoreTypeBounds {

    private static final long ENTRIES = 32;
    private static final long NAME = 317; // prefix of 253, a slash, name of 63

    private CoreTypeBounds() {}

    static void apply(JSONSchemaProps schema) {
        if ("string".equals(schema.getType()) && schema.getMaxLength() == null) {
            schema.setMaxLength(NAME);
        }
        if ("integer".equals(schema.getType()) && schema.getMaximum() == null) {
            schema.setMinimum((double) Integer.MIN_VALUE);
            schema.setMaximum((double) Integer.MAX_VALUE);
        }
        if (schema.getItems() != null) {
            schema.setMaxItems(ENTRIES);
            apply(schema.getItems().getSchema());
        }
        if (schema.getAdditionalProperties() != null) {
            schema.setMaxProperties(ENTRIES);
            apply(schema.getAdditionalProperties().getSchema());
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CoreTypeBounds::apply);
        }
    }
}
