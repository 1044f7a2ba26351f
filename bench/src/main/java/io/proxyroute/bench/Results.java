package io.proxyroute.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;

/** Writes results as JSON, for later processing. */
final class Results {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Results() {}

    static void write(Object result, Path file) throws IOException {
        JSON.writeValue(file.toFile(), result);
        System.out.printf("Every sample: %s%n", file);
    }
}
