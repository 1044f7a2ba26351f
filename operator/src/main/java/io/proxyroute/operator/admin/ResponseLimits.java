package io.proxyroute.operator.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JavaType;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.admin.AdminApi;
import java.io.IOException;
import java.util.Set;

/**
 * Limits on what a proxy may send. Users choose the image of the proxies, so a pod can run anything; and the objects of a parsed
 * document can take many times the memory of its text.
 */
final class ResponseLimits {

    private static final int MIB = 1024 * 1024;
    private static final Set<String> EVIDENCE = Set.of(
            AdminApi.LIVE_SET,
            AdminApi.THREADS,
            AdminApi.CLASS_HISTOGRAM,
            AdminApi.EXCHANGES,
            AdminApi.POOLS,
            AdminApi.LEDGER);

    /** The longest string is the text of a filter option, which a ConfigMap limits to 1 MiB. */
    private static final JsonFactory BOUNDED = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(200_000)
                    .maxNestingDepth(64)
                    .maxStringLength(MIB)
                    .maxNameLength(1_000)
                    .maxNumberLength(40)
                    .build())
            .build();

    private ResponseLimits() {}

    /** Maximum size of the response body. */
    static int maxBytes(String path) {
        return EVIDENCE.contains(path) ? 5 * MIB : MIB;
    }

    /** @throws IOException if the body is no such document, or has too many parts */
    static <T> T parse(byte[] body, JavaType type) throws IOException {
        try (JsonParser parser = BOUNDED.createParser(body)) {
            return Json.MAPPER.readValue(parser, type);
        }
    }
}
