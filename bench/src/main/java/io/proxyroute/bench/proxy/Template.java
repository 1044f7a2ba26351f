package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the configuration files that lie beside this class, with their {@code ${names}} filled in. */
final class Template {

    private Template() {}

    static Path write(String resource, Map<String, ?> values, Path directory) throws IOException {
        return Files.writeString(directory.resolve(resource), fill(read(resource), values));
    }

    static String fill(String text, Map<String, ?> values) {
        String filled = text;
        for (Map.Entry<String, ?> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", String.valueOf(value.getValue()));
        }
        int left = filled.indexOf("${");
        if (left >= 0) {
            throw new IllegalArgumentException("No value for " + filled.substring(left, filled.indexOf('}', left) + 1));
        }
        return filled;
    }

    private static String read(String resource) {
        try (InputStream in = Template.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
