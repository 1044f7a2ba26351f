package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;

/**
 * The schema of a route's name. The Service is called {@code <name>-proxy}, and the name of a Service is a DNS label
 * (RFC 1035, section 2.3.1): at most 63 characters, the first of which is a letter.
 */
final class RouteNameSchema {

    private static final ValidationRule LABEL = new ValidationRuleBuilder()
            .withRule("self.metadata.name.size() <= 57 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
            .withMessage("metadata.name must start with a letter, contain only a to z, 0 to 9 and -, and have at most"
                    + " 57 characters: it is part of the Service name, <name>-proxy.")
            .withFieldPath(".metadata.name")
            .build();

    private RouteNameSchema() {}

    static void apply(JSONSchemaProps root) {
        root.setXKubernetesValidations(List.of(LABEL));
        // The fieldPath of a rule must exist in the schema.
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
