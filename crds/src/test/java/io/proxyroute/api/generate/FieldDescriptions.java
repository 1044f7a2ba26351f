package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Appends default and bounds to the description of a field, because {@code kubectl explain} does not show them. */
final class FieldDescriptions {

    private FieldDescriptions() {}

    static void addDefaultAndBounds(JSONSchemaProps field) {
        List<String> sentences = new ArrayList<>();
        if (field.getDescription() != null) {
            sentences.add(field.getDescription());
        }
        bounds(field, sentences);
        if (field.getDefault() != null && field.getDefault().isValueNode()) {
            sentences.add("Default: " + field.getDefault().asText() + ".");
        }
        field.setDescription(sentences.isEmpty() ? null : String.join(" ", sentences));
    }

    private static void bounds(JSONSchemaProps field, List<String> sentences) {
        if (field.getMinimum() != null && field.getMaximum() != null) {
            sentences.add("From " + plain(field.getMinimum()) + " to " + plain(field.getMaximum()) + ".");
        } else if (field.getMinimum() != null) {
            sentences.add("At least " + plain(field.getMinimum()) + ".");
        } else if (field.getMaximum() != null) {
            sentences.add("At most " + plain(field.getMaximum()) + ".");
        }
        if (field.getMaxItems() != null) {
            sentences.add("At most " + field.getMaxItems() + " entries.");
        }
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }
}
