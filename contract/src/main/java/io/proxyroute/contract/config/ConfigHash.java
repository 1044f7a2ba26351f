package io.proxyroute.contract.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.proxyroute.contract.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a document's content. Documents that differ only in their sequence number have the same hash. */
public final class ConfigHash {

    private static final JsonMapper CANONICAL = Json.MAPPER
            .rebuild()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private ConfigHash() {}

    /** The first 16 hexadecimal digits of the SHA-256 of the document's canonical JSON. */
    public static String of(ConfigDocument document) {
        try {
            byte[] content =
                    CANONICAL.writeValueAsBytes(document.withSequence(0).withHash(null));
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot serialize a contract record", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }
}
