package io.proxyroute.contract.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.proxyroute.contract.admin.Update;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads configuration strictly. An unknown field, a wrong type, a value out of bounds or a dangling reference makes the
 * document invalid; the result lists all errors with their paths. The proxy reads its configuration with this class,
 * and the operator checks what it renders with it. Thread-safe.
 */
public final class ConfigReader {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ConfigReader() {}

    /**
     * Reads a configuration document.
     *
     * @param json UTF-8
     * @return the document; if it had no hash, with the hash of its content
     */
    public static ParseResult<ConfigDocument> config(byte[] json) {
        return read(json, ConfigFields::config);
    }

    /**
     * Reads an endpoint list.
     *
     * @param json UTF-8
     */
    public static ParseResult<EndpointsDocument> endpoints(byte[] json) {
        return read(json, ConfigFields::endpoints);
    }

    /**
     * Reads the body of a push; paths of errors start with {@code config.} or {@code endpoints.}.
     *
     * @param json UTF-8
     */
    public static ParseResult<Update> update(byte[] json) {
        return read(json, ConfigFields::update);
    }

    private static <T> ParseResult<T> read(byte[] json, Function<FieldReader, T> fields) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            return new ParseResult.Invalid<>(List.of(malformed(e)));
        } catch (IOException e) {
            throw new IllegalStateException("reading from a byte array cannot fail", e);
        }
        List<ConfigError> errors = new ArrayList<>();
        if (!tree.isObject()) {
            String found = tree.isMissingNode() ? "empty" : "not an object";
            return new ParseResult.Invalid<>(
                    List.of(new ConfigError("", "The document is " + found + ", but must be a JSON object.")));
        }
        FieldReader reader = new FieldReader(tree, "", errors);
        T document = fields.apply(reader);
        reader.end();
        return errors.isEmpty() ? new ParseResult.Valid<>(document) : new ParseResult.Invalid<>(errors);
    }

    private static ConfigError malformed(JsonProcessingException e) {
        JsonLocation where = e.getLocation();
        String position = where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
        return new ConfigError("", "The document is not JSON" + position + ": " + e.getOriginalMessage());
    }
}
