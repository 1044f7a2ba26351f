package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;

/**
 * What a quantity is, as 250m or 512Mi. The API server stores any text in its place unless it is told, and whoever reads
 * all routes at once could then read none. Exponents are short: nobody needs long ones, and reading one is work.
 */
final class QuantitySchema {

    private static final String PATTERN =
            "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";

    private static final ValidationRule NOT_NEGATIVE = new ValidationRuleBuilder()
            .withRule("!isQuantity(string(self)) || !quantity(string(self)).isLessThan(quantity('0'))")
            .withMessage("requests and limits of proxy.resources must be at least 0, as 250m or 512Mi.")
            .build();

    private QuantitySchema() {}

    static void apply(JSONSchemaProps schema) {
        schema.setMinLength(1L);
        schema.setMaxLength(32L);
        schema.setPattern(PATTERN);
        schema.setXKubernetesValidations(List.of(NOT_NEGATIVE));
    }
}
