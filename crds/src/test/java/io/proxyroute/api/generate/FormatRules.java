package io.proxyroute.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Replaces the pattern of a field by a rule whose message says in words what is allowed. */
final class FormatRules {

    /** The value of a header. Header values are so long and so many that the API server allows no rule for them. */
    static final String HEADER_VALUE =
            "^[\\x21-\\x7e\\x80-\\xff]([\\x09\\x20-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?$";

    private static final String LABEL = "contain only a to z, 0 to 9 and -, and start and end with a letter or digit";

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry(
                    GatewayDuration.PATTERN,
                    "must be a duration: numbers with the units d, h, m, s or ms, the largest first, for example 7d, 1h30m or"
                            + " 500ms"),
            Map.entry(
                    "^([01][0-9]|2[0-3]):[0-5][0-9]$", "must be a time of day from 00:00 to 23:59, for example 22:30"),
            Map.entry(
                    "^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
                    "must be a host name in lower case without port and path, for example api.example.com, or"
                            + " *.example.com for every subdomain"),
            Map.entry(
                    "^[!#-'*+.\\w^`|~-]+$",
                    "must be the name of an HTTP header: letters, digits and !#$%&''*+-.^_`|~, for example X-Team"),
            Map.entry(
                    "^[A-Za-z0-9+\\-_]+(/[A-Za-z0-9+\\-_]+)*$", "must be an IANA time zone, for example Europe/Zurich"),
            Map.entry(
                    "^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$",
                    "must be a host name or an IP address without port and path, for example api.example.com"),
            Map.entry(
                    "^[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*$",
                    "must be the full name of a class, for example com.example.TokenFilter"),
            Map.entry("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "must " + LABEL),
            Map.entry(
                    "^[a-z]([-a-z0-9]*[a-z0-9])?$",
                    "must contain only a to z, 0 to 9 and -, start with a letter, and end with a letter or digit"),
            Map.entry(
                    "^-[^\\s\"'\\\\]+$",
                    "must be a single option of the JVM that starts with -, without spaces, quotes and backslashes"),
            Map.entry(
                    QuantitySchema.PATTERN,
                    "must be a quantity: a number with an optional unit such as m, k, Ki, Mi or Gi, for example 250m or"
                            + " 512Mi"));

    private FormatRules() {}

    static void apply(JSONSchemaProps schema) {
        String pattern = schema.getPattern();
        if (pattern == null || pattern.equals(HEADER_VALUE)) {
            return;
        }
        String words = WORDS.get(pattern);
        if (words == null) {
            throw new IllegalStateException("no words for the pattern " + pattern);
        }
        String text = Boolean.TRUE.equals(schema.getXKubernetesIntOrString()) ? "string(self)" : "self";
        ValidationRule rule = new ValidationRuleBuilder()
                .withRule("%s.matches(%s)".formatted(text, literal(pattern)))
                .withMessage(words.replace("''", "'") + ".")
                .build();
        List<ValidationRule> rules = new ArrayList<>(List.of(rule));
        rules.addAll(schema.getXKubernetesValidations());
        schema.setXKubernetesValidations(rules);
        schema.setPattern(null);
        // The rule rejects an empty text too; one mistake gets one message.
        schema.setMinLength(null);
    }

    /** A CEL string without escapes; a pattern may contain one kind of quotes. */
    private static String literal(String pattern) {
        if (pattern.contains("'") && pattern.contains("\"")) {
            return "r'''" + pattern + "'''";
        }
        return pattern.contains("'") ? "r\"" + pattern + "\"" : "r'" + pattern + "'";
    }
}
