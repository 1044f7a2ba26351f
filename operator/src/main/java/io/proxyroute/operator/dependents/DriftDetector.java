package io.proxyroute.operator.dependents;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Tells whether an object must be applied. It need not when it was last applied with the same content (a hash in an
 * annotation, so that a field we no longer want is seen too) and every field of ours still has our value. Fields of
 * others, defaults among them, do not matter.
 */
final class DriftDetector {

    static final String HASH_ANNOTATION = "proxyroute.io/applied-hash";

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private DriftDetector() {}

    /** Adds the hash of its content to an object about to be compared and applied. */
    static <T extends HasMetadata> T withContentHash(T desired) {
        var annotations = new TreeMap<String, String>();
        if (desired.getMetadata().getAnnotations() != null) {
            annotations.putAll(desired.getMetadata().getAnnotations());
        }
        annotations.put(HASH_ANNOTATION, hash(desired));
        desired.getMetadata().setAnnotations(annotations);
        return desired;
    }

    /** @param desired stamped */
    static boolean isUpToDate(HasMetadata desired, HasMetadata actual) {
        return isWithin(tree(desired), tree(actual));
    }

    private static JsonNode tree(HasMetadata object) {
        return SERIALIZATION.convertValue(object, JsonNode.class);
    }

    private static boolean isWithin(JsonNode desired, JsonNode actual) {
        if (actual == null || actual.isNull()) {
            // The API server leaves out what is empty, text too, as in a toleration's value.
            return desired.isNull()
                    || desired.isEmpty() && desired.isContainerNode()
                    || desired.isTextual() && desired.textValue().isEmpty();
        }
        if (desired.isObject()) {
            return desired.properties().stream()
                    .allMatch(field ->
                            field.getValue().isNull() || isWithin(field.getValue(), actual.get(field.getKey())));
        }
        if (desired.isArray()) {
            return isListWithin(desired, actual);
        }
        return desired.equals(actual) || isSameQuantity(desired, actual);
    }

    /** Others may add items of their own to a list of named things; other lists are ours as a whole. */
    private static boolean isListWithin(JsonNode desired, JsonNode actual) {
        if (!actual.isArray()) {
            return false;
        }
        boolean named = !desired.isEmpty() && desired.valueStream().allMatch(item -> item.has("name"));
        if (named) {
            return desired.valueStream().allMatch(item -> actual.valueStream()
                    .anyMatch(other -> item.get("name").equals(other.get("name")) && isWithin(item, other)));
        }
        if (desired.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < desired.size(); i++) {
            if (!isWithin(desired.get(i), actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The API server rewrites quantities: 1000m becomes 1. */
    private static boolean isSameQuantity(JsonNode desired, JsonNode actual) {
        if (!desired.isTextual() || !actual.isTextual()) {
            return false;
        }
        try {
            return Quantity.parse(desired.textValue())
                            .getNumericalAmount()
                            .compareTo(Quantity.parse(actual.textValue()).getNumericalAmount())
                    == 0;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static String hash(HasMetadata desired) {
        try {
            byte[] content = SERIALIZATION.asJson(desired).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
