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
 * Decides whether an object must be applied. It is up to date if it was last applied with the same content and every
 * field that the operator sets still has its value. A hash of the content in an annotation also detects fields that are
 * no longer desired. Fields of other managers, including defaults, are ignored.
 */
final class DriftDetector {

    static final String HASH_ANNOTATION = "proxyroute.io/applied-hash";

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private DriftDetector() {}

    /** Adds the content hash to an object before it is compared and applied. */
    static <T extends HasMetadata> T withContentHash(T desired) {
        var annotations = new TreeMap<String, String>();
        if (desired.getMetadata().getAnnotations() != null) {
            annotations.putAll(desired.getMetadata().getAnnotations());
        }
        annotations.put(HASH_ANNOTATION, hash(desired));
        desired.getMetadata().setAnnotations(annotations);
        return desired;
    }

    /** @param desired desired object with its content hash */
    static boolean isUpToDate(HasMetadata desired, HasMetadata actual) {
        return contains(tree(desired), tree(actual));
    }

    private static JsonNode tree(HasMetadata object) {
        return SERIALIZATION.convertValue(object, JsonNode.class);
    }

    private static boolean contains(JsonNode desired, JsonNode actual) {
        if (actual == null || actual.isNull()) {
            // The API server drops empty values, including empty strings, for example in a toleration.
            return desired.isNull()
                    || desired.isEmpty() && desired.isContainerNode()
                    || desired.isTextual() && desired.textValue().isEmpty();
        }
        if (desired.isObject()) {
            return desired.properties().stream()
                    .allMatch(field ->
                            field.getValue().isNull() || contains(field.getValue(), actual.get(field.getKey())));
        }
        if (desired.isArray()) {
            return containsList(desired, actual);
        }
        return desired.equals(actual) || isSameQuantity(desired, actual);
    }

    /** Other managers may add items to a list of named items; any other list must be equal. */
    private static boolean containsList(JsonNode desired, JsonNode actual) {
        if (!actual.isArray()) {
            return false;
        }
        boolean named = !desired.isEmpty() && desired.valueStream().allMatch(item -> item.has("name"));
        if (named) {
            return desired.valueStream().allMatch(item -> actual.valueStream()
                    .anyMatch(other -> item.get("name").equals(other.get("name")) && contains(item, other)));
        }
        if (desired.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < desired.size(); i++) {
            if (!contains(desired.get(i), actual.get(i))) {
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
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }
}
