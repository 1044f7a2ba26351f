package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;

/**
 * The schema of a quantity, for example 250m or 512Mi. Without it the API server stores any string, and one malformed
 * quantity makes the list of all routes unreadable. Exponents have at most two digits, because parsing a long one is
 * expensive.
 */
final class QuantitySchema {

    static final String PATTERN = "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";

    private static final ValidationRule NOT_NEGATIVE = new ValidationRuleBuilder()
            .withRule("!isQuantity(string(self)) || !quantity(string(self)).isLessThan(quantity('0'))")
            .withMessage("requests and limits of proxy.resources must not be negative: use values such as 250m or"
                    + " 512Mi.")
            .build();

    private QuantitySchema() {}

    static void apply(JSONSchemaProps schema) {
        schema.setMinLength(1L);
        schema.setMaxLength(32L);
        schema.setPattern(PATTERN);
        schema.setXKubernetesValidations(List.of(NOT_NEGATIVE));
    }
}
