package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;

/**
 * What a route may be called. Its Service bears its name and {@code -proxy}, and a Service's name is a label of the
 * domain name system (RFC 1035, section 2.3.1): at most 63 characters, of which a letter comes first.
 */
final class RouteNameSchema {

    private static final ValidationRule LABEL = new ValidationRuleBuilder()
            .withRule("self.metadata.name.size() <= 57 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
            .withMessage("metadata.name must begin with a letter, hold only a to z, 0 to 9 and -, and be at most 57"
                    + " characters long: the Service is called by it and -proxy.")
            .withFieldPath(".metadata.name")
            .build();

    private RouteNameSchema() {}

    static void apply(JSONSchemaProps root) {
        root.setXKubernetesValidations(List.of(LABEL));
        // A rule may point only to what the schema names.
        root.getProperties()
                .put(
                        "metadata",
                        new JSONSchemaPropsBuilder()
                                .withType("object")
                                .addToProperties(
                                        "name",
                                        new JSONSchemaPropsBuilder()
                                                .withType("string")
                                                .withMaxLength(253L)
                                                .withDescription("Unique in the namespace; at most 57 characters.")
                                                .build())
                                .build());
    }
}
