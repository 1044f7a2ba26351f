package io.proxyroute.e2e.workload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Manifests on the class path with placeholders such as <code>${name}</code>. */
final class ManifestTemplate {

    private ManifestTemplate() {}

    /**
     * Reads a manifest and replaces its placeholders.
     *
     * @throws IllegalArgumentException the resource does not exist, or a placeholder has no value
     */
    static String fill(String resource, Map<String, String> values) {
        String text = read(resource);
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        if (text.contains("${")) {
            throw new IllegalArgumentException(resource + " has a placeholder that is not among " + values.keySet());
        }
        return text;
    }

    private static String read(String resource) {
        try (InputStream stream = Thread.currentThread().getContextClassLoader().getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalArgumentException("no resource " + resource + " on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
